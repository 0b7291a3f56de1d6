// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A lap timer for the phases of a table's commits: each takes the time since the one before it.
 * Driven under the table's lock; read from any thread.
 */
public final class CommitClock {
  private final AtomicLongArray spent = new AtomicLongArray(Phase.values().length);
  private long last;

  /** The steps of a commit, in their order. */
  public enum Phase {
    /** For the table's lock, and after conflicts for another attempt. */
    WAIT,
    /** Taking over what others have committed. */
    REFRESH,
    /** Finding the stored rows of keys in the index. */
    LOOK_UP,
    /** Rows brought into the table's shape, the guard of positions, unchanged cells. */
    PLAN,
    /** Encoding, compressing and forcing the new rows to the disk. */
    DATA_FILES,
    /** Deletion vectors, until they are on the disk. */
    VECTORS,
    /** The log entry. */
    LOG,
    /** The places of new rows put into the index. */
    INDEX;

    /** As part of the names of figures. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Begins a commit.
   *
   * @param nanos when it was asked for, as {@link System#nanoTime} tells
   */
  public void begin(long nanos) {
    last = nanos;
  }

  /** The phase has come to its end. */
  public void passed(Phase phase) {
    long now = System.nanoTime();
    spent.addAndGet(phase.ordinal(), now - last);
    last = now;
  }

  /** Microseconds that all commits together have spent in a phase, so far. */
  public long micros(Phase phase) {
    return spent.get(phase.ordinal()) / 1_000;
  }
}
