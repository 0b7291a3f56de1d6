// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The pace of a table's compactions. While commits follow each other, as they do when a backlog or
 * a snapshot is read, pauses keep compaction to a share of the time of one thread. When there has
 * been no commit for a while, it goes on without pause.
 *
 * <p>Small files become more meanwhile, so that each merge takes more of them and rows are
 * rewritten less often. Past {@link #MANY_FILES} the pauses become shorter, down to nothing at
 * twice as many: their number stays bounded. Each commit counts for one that has come since.
 *
 * <p>Used by one thread, except where a method says otherwise.
 */
final class CompactionPace {
  /** Longer than the default of {@code flush.interval.ms}: a slow load is no rest. */
  static final Duration REST = Duration.ofSeconds(10);

  /** Four compactions' worth in a partition of the table. */
  static final int MANY_FILES = 40;

  private final int percent;
  private final LongSupplier clock;
  private final AtomicLong commits = new AtomicLong();
  private volatile long lastCommit;
  private long pausedAt;
  private long fullPause;
  private long files;

  /**
   * @param percent share of time, from 1 to 100, which is no pause
   * @param clock as {@link System#nanoTime}
   */
  CompactionPace(int percent, LongSupplier clock) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("Not a share of time: " + percent + " %");
    }
    this.percent = percent;
    this.clock = clock;
    this.pausedAt = clock.getAsLong();
    this.lastCommit = pausedAt;
  }

  /** There is a new commit. Called by any thread. */
  void committed() {
    commits.incrementAndGet();
    lastCommit = clock.getAsLong();
  }

  /**
   * A compaction has just ended.
   *
   * @param nanos time that it took
   * @param smallFiles number of small files that there were in its partition
   */
  void compacted(long nanos, int smallFiles) {
    pausedAt = clock.getAsLong();
    commits.set(0);
    files = smallFiles;
    fullPause = (long) ((double) nanos * (100 - percent) / percent);
  }

  private long pause() {
    double many = (double) (files + commits.get()) / MANY_FILES;
    return (long) (fullPause * Math.min(1, Math.max(0, 2 - many)));
  }

  /** Nanoseconds until the next compaction may begin, if no commit comes; 0 where it may now. */
  long nanosToWait() {
    long now = clock.getAsLong();
    long paused = pausedAt + pause() - now;
    long busy = lastCommit + REST.toNanos() - now;
    return Math.max(0, Math.min(paused, busy));
  }
}
