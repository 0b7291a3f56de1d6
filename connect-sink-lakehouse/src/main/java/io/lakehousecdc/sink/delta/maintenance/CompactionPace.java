// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The pace of a table's compactions. While commits follow each other, as they do when a backlog or
 * a snapshot is read, pauses keep compaction to a share of the time of one thread, which all tables
 * of the worker in that state have together, in equal parts. When there has been no commit to a
 * table for a while, it goes on without pause.
 *
 * <p>Small files become more meanwhile, so that each merge takes more of them and rows are
 * rewritten less often. Past {@link #MANY_FILES} the pauses become shorter, down to nothing at
 * twice as many: their number stays bounded. Each commit counts for one that has come since.
 *
 * <p>Used by one thread, except where a method says otherwise.
 */
final class CompactionPace implements AutoCloseable {
  /** The tables of this process whose compactions are held back. */
  static final AtomicInteger WORKER = new AtomicInteger();

  /** Longer than the default of {@code flush.interval.ms}: a slow load is no rest. */
  static final Duration REST = Duration.ofSeconds(10);

  /** Four compactions' worth in a partition of the table. */
  static final int MANY_FILES = 40;

  private final int percent;
  private final AtomicInteger heldBack;
  private final LongSupplier clock;
  private final AtomicLong commits = new AtomicLong();
  private volatile long lastCommit;
  private long pausedAt;
  private long worked;
  private long files;
  private boolean isHeldBack;
  private boolean closed;

  /**
   * @param percent share of time, from 1 to 100, which is no pause
   * @param heldBack tables whose compactions share that time; each pace counts its own
   * @param clock as {@link System#nanoTime}
   */
  CompactionPace(int percent, AtomicInteger heldBack, LongSupplier clock) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("Not a share of time: " + percent + " %");
    }
    this.percent = percent;
    this.heldBack = heldBack;
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
    worked = nanos;
    holdBack(percent < 100 && nanosOfRest() > 0);
  }

  /** There was nothing to compact, so that the time is free for other tables. */
  void foundNothing() {
    holdBack(false);
  }

  private synchronized void holdBack(boolean wanted) {
    boolean holds = wanted && !closed;
    if (holds != isHeldBack) {
      isHeldBack = holds;
      heldBack.addAndGet(holds ? 1 : -1);
    }
  }

  private long pause() {
    double many = (double) (files + commits.get()) / MANY_FILES;
    int sharing = isHeldBack ? heldBack.get() : 1;
    double full = (double) worked * 100 / percent * sharing - worked;
    return (long) (full * Math.min(1, Math.max(0, 2 - many)));
  }

  /** What is left of the time without a commit after which there is no pause. */
  private long nanosOfRest() {
    return lastCommit + REST.toNanos() - clock.getAsLong();
  }

  /** Nanoseconds until the next compaction may begin, if no commit comes; 0 where it may now. */
  long nanosToWait() {
    long busy = nanosOfRest();
    if (busy <= 0) {
      holdBack(false);
      return 0;
    }
    return Math.max(0, Math.min(pausedAt + pause() - clock.getAsLong(), busy));
  }

  /** Leaves the time to other tables for good. Called by any thread. */
  @Override
  public synchronized void close() {
    closed = true;
    holdBack(false);
  }
}
