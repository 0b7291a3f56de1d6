// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.pipeline.PipelineOptions.Flushing;
import io.lakehousecdc.sink.spi.BacklogBatches;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How far a batch grows beyond {@link Flushing#maxRecords}, {@link Flushing#maxSize} and {@link
 * Flushing#interval} while the task is behind: to the size that the target wants, as long as
 *
 * <ul>
 *   <li>all its changes are late: rows of a snapshot, or committed at the source longer ago than
 *       the interval when they came, so that nobody waits for one of them in particular;
 *   <li>more records are at hand;
 *   <li>memory is left, so that the next batch can fill while this one is committed;
 *   <li>it is not older than {@link #MOST_INTERVALS} times the interval: what a crash would have
 *       read again stays bounded, and so does the delay by a source whose clock is slow.
 * </ul>
 *
 * <p>Used by the task thread only.
 */
final class Backlog {
  /** A batch is committed after so many times the interval at the latest. */
  static final int MOST_INTERVALS = 4;

  /** Changes that are late, but fewer than this part of a usual batch in an interval, are none. */
  private static final int LEAST_PART = 10;

  /** Share of the memory that one batch may have: the next needs less than it to begin with. */
  private static final double SHARE = 0.75;

  /** Polls that bring nothing for so long are the end of a backlog, and not a fetch under way. */
  static final Duration QUIET = Duration.ofMillis(500);

  private final Flushing flushing;
  private final BacklogBatches batches;
  private final LongSupplier clock;
  private boolean isQuiet = true;
  private long quietSince;

  /**
   * @param clock as {@link System#nanoTime}
   */
  Backlog(Flushing flushing, BacklogBatches batches, LongSupplier clock) {
    this.flushing = flushing;
    this.batches = batches;
    this.clock = clock;
    this.quietSince = clock.getAsLong() - QUIET.toNanos();
  }

  /** Takes note of how many records the last poll has brought. */
  void polled(int records) {
    if (records == 0 && !isQuiet) {
      quietSince = clock.getAsLong();
    }
    isQuiet = records == 0;
  }

  private boolean isAtHand() {
    return !isQuiet || clock.getAsLong() - quietSince < QUIET.toNanos();
  }

  /** Everything buffered and in flight, past which reading pauses, in bytes. */
  long maxBuffered() {
    return Math.max(flushing.maxBuffered().bytes(), batches.memoryBytes());
  }

  /** Whether the batch goes on to grow, although it is full or its interval is over. */
  boolean grows(OpenBatch open) {
    return isAtHand()
        && open.isLate()
        && open.bytes() < SHARE * batches.memoryBytes()
        && open.ageMillis() / MOST_INTERVALS < flushing.interval().toMillis()
        && isLoaded(open)
        && open.size() < batches.changes(open.lastTable());
  }

  private boolean isLoaded(OpenBatch open) {
    return open.size() >= flushing.maxRecords() / LEAST_PART
        || open.bytes() >= flushing.maxSize().bytes() / LEAST_PART;
  }
}
