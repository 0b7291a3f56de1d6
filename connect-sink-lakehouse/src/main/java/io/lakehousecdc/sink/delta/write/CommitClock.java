// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import java.util.Locale;

/**
 * A lap timer for the phases of one commit: each takes the time since the one before it, the first
 * since the timer was made. Used by one thread at a time.
 */
public final class CommitClock {
  private final CommitTimes times;
  private long last = System.nanoTime();

  /**
   * @param times what phases are added to
   */
  public CommitClock(CommitTimes times) {
    this.times = times;
  }

  /** The steps of a commit, in their order. */
  public enum Phase {
    /** For the table's lock, after conflicts for another attempt, and for others' turns. */
    WAIT,
    /** Taking over what others have committed. */
    REFRESH,
    /** Finding the stored rows of keys in the index. */
    LOOK_UP,
    /** Rows brought into the table's shape, the guard of positions, unchanged cells. */
    PLAN,
    /** Encoding and compressing the new rows, and on a local disk forcing them to it. */
    DATA_FILES,
    /** Deletion vectors, on a local disk until they are on it. */
    VECTORS,
    /** Waiting for the files to be durable, and for a look at the log that was begun with them. */
    UPLOADS,
    /** The log entry, and beside it the index where the store waits for a network. */
    LOG,
    /** The places of new rows put into the index. */
    INDEX;

    /** As part of the names of figures. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The phase has come to its end. */
  public void passed(Phase phase) {
    long now = System.nanoTime();
    times.add(phase, now - last);
    last = now;
  }
}
