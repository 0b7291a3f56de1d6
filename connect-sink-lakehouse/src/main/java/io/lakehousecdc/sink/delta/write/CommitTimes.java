// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import java.util.concurrent.atomic.AtomicLongArray;

/** The time that all commits of a table together have spent in each phase. Thread-safe. */
public final class CommitTimes {
  private final AtomicLongArray spent = new AtomicLongArray(Phase.values().length);

  void add(Phase phase, long nanos) {
    spent.addAndGet(phase.ordinal(), nanos);
  }

  /** Microseconds spent in a phase, so far. */
  public long micros(Phase phase) {
    return spent.get(phase.ordinal()) / 1_000;
  }
}
