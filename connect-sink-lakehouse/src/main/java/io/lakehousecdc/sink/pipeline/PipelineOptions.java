// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.spi.TableOptions;
import java.time.Duration;

/**
 * How the pipeline orders, batches and retries. Immutable.
 *
 * @param tables how tables are written
 * @param truncateMode what a truncate does
 * @param epochs how histories of a source come about
 * @param sweeping what happens when an initial snapshot has completed
 * @param rememberedDeletes which deletes are remembered
 * @param flushing when a batch is committed, and how much may be buffered
 * @param waiting how long the pipeline waits for the target
 * @param batches what a batch may end within
 * @param status how the status of tables is kept
 */
public record PipelineOptions(
    TableOptions tables,
    TruncateMode truncateMode,
    EpochPolicy epochs,
    Sweeping sweeping,
    RememberedDeletes rememberedDeletes,
    Flushing flushing,
    Waiting waiting,
    Batches batches,
    StatusOptions status) {

  /** {@code truncate.mode}. */
  public enum TruncateMode {
    APPLY,
    IGNORE,
    FAIL
  }

  /**
   * What happens when an initial snapshot has completed.
   *
   * @param mode what happens to rows that it did not contain
   * @param quiet after how long without a record a partition has nothing more of a snapshot that
   *     ended in another one, and how often to ask for sweeps that other tasks began
   * @param tasks how many tasks the connector may have
   */
  public record Sweeping(Sweep.Mode mode, Duration quiet, int tasks) {}

  /**
   * Which deletes are remembered, so that an older change of the key does not bring the row back.
   *
   * @param age for how long
   * @param entries how many at most; 0 for none
   */
  public record RememberedDeletes(Duration age, int entries) {}

  /**
   * When a batch is committed: at the first of the limits that it reaches. Sizes are estimates of
   * heap.
   *
   * @param interval age of the batch's first record
   * @param whenIdle whether it is committed before
   * @param maxRecords events in the batch
   * @param maxSize events of the batch
   * @param maxBuffered everything buffered and in flight, past which reading pauses
   */
  public record Flushing(
      Duration interval,
      WhenIdle whenIdle,
      int maxRecords,
      DataSize maxSize,
      DataSize maxBuffered) {}

  /** What a batch may end within. */
  public enum Batches {
    /** A transaction of the source: batches are cut anywhere, and by topic for maintenance. */
    OF_CHANGES,
    /** Nothing: what {@link Pipeline#takeTogether} has taken in is committed together. */
    OF_TRANSACTIONS
  }

  /** What the writer does while it has nothing to do: {@code flush.when.idle}. */
  public enum WhenIdle {
    /** Commits what there is, with pauses as {@link IdleFlush} says. */
    FLUSH,
    /** Waits until a batch has reached one of its limits. */
    WAIT
  }

  /**
   * How long the pipeline waits for the target.
   *
   * @param retry how long opening the target, reading the committed state and a commit are tried
   *     again, from their first failure on, before the task fails. It may exceed
   *     max.poll.interval.ms: a consumer that has left its group joins it again, a failed task
   *     waits for an operator
   * @param constraint how long a batch that violates a foreign key or unique constraint waits for
   *     the changes that resolve it
   * @param call how long one call of the task waits for the writer at most
   */
  public record Waiting(Duration retry, Duration constraint, Duration call) {}
}
