// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * An open warehouse. One thread at a time uses it; {@link #prepare} may be called, and {@link
 * #gauges()} and their suppliers read, from any thread.
 *
 * <p>Failures are {@link io.lakehousecdc.sink.error.TargetException}s, and after one of them
 * nothing of the failed call is visible, except where {@link #commit} says otherwise.
 */
public interface Target extends AutoCloseable {

  /**
   * Reads the committed state of the given partitions. A partition that was never committed but
   * whose topic was is reported with {@link PartitionState#fresh} in the greatest epoch of the
   * topic's other partitions; one of an unknown topic is absent. Takes the place of whatever an
   * earlier call or commit remembered of these partitions (they may have had another owner since).
   */
  Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions);

  /**
   * Applies a commit: rows and partition states together or not at all (for a target that commits
   * table by table: together for each table). Calling it again with the same commit, after a
   * failure or a lost acknowledgement, applies what is missing and nothing twice.
   *
   * <p>An upsert or delete takes effect where its position is at or above the stored row's, or the
   * stored row has none.
   *
   * @throws io.lakehousecdc.sink.error.RecordException a change can never be applied
   * @throws io.lakehousecdc.sink.error.OutOfOrderException a constraint refuses the batch for now
   * @throws io.lakehousecdc.sink.error.FencedException a previous state is not the committed one
   * @throws io.lakehousecdc.sink.error.RetriableException try again
   * @throws io.lakehousecdc.sink.error.FatalException an operator has to act
   */
  CommitReceipt commit(Commit commit);

  /**
   * Sweeps of these topics that a commit of this connector asked for and that could not be carried
   * out then, because a partition was not yet past the snapshot. They are remembered together with
   * the commit, and forgotten when one that asks again carries them out.
   *
   * @param topics original topics
   */
  Set<PendingSweep> pendingSweeps(Set<String> topics);

  /**
   * Told, while an earlier commit may still be at work, of one that comes soon: a target can begin
   * what does not depend on the outcome of the earlier one, such as encoding. Returns at once; may
   * be called by any thread. The commit may never come, or come changed.
   */
  default void prepare(Commit next) {}

  /**
   * Finds out whether {@link #commit} would accept the batches, throwing what it would throw, and
   * leaves rows and partition states as they are.
   */
  void rehearse(Commit commit);

  /**
   * Sets the committed offsets, as an operator asked for: what follows is applied again (a change
   * at an equal position counts as not yet applied). The epoch is kept, because stored rows belong
   * to it, and the high-water mark falls to the epoch's beginning.
   *
   * @param offsets new next offset by partition; null makes the state {@link PartitionState#fresh}
   *     in its epoch
   */
  void alterOffsets(Map<SourcePartition, Long> offsets);

  /** Figures of this target beside the common ones, by metric name; stable over its life. */
  Map<String, LongSupplier> gauges();

  @Override
  void close();
}
