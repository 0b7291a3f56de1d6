// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The time that something may go on failing, from its first failure on. Not thread-safe. */
final class Deadline {
  private final long nanos;
  private OptionalLong end = OptionalLong.empty();

  /**
   * @param time time from the first {@link #left} on
   */
  Deadline(Duration time) {
    nanos = TimeUnit.NANOSECONDS.convert(time);
  }

  /** Nanoseconds that are left; none where not positive. The first call begins to count them. */
  long left() {
    long now = System.nanoTime();
    if (end.isEmpty()) {
      end = OptionalLong.of(now + nanos);
    }
    return end.getAsLong() - now;
  }

  /** The next failure is the first one again. */
  void restart() {
    end = OptionalLong.empty();
  }
}
