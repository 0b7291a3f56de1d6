// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.pipeline.IdleFlush.Activity;
import java.util.function.LongSupplier;

/** When the writer began and ended what it did last. Used under its monitor. */
final class WorkTimes {
  /** What a writer does that has been given something, and has not noticed yet. */
  static final Activity NOT_YET_BEGUN = new Activity.Working(0);

  private final LongSupplier clock;
  private long began;
  private long ended;

  /**
   * @param clock as {@link System#nanoTime}
   */
  WorkTimes(LongSupplier clock) {
    this.clock = clock;
    this.began = clock.getAsLong();
    this.ended = began;
  }

  void begin() {
    began = clock.getAsLong();
  }

  void end() {
    ended = clock.getAsLong();
  }

  /** What a writer that is at work does. */
  Activity working() {
    return new Activity.Working(clock.getAsLong() - began);
  }

  /** What a writer that has nothing to do does. */
  Activity resting() {
    return new Activity.Resting(clock.getAsLong() - ended, ended - began);
  }
}
