// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * An open connection to a warehouse. For use by one thread at a time, except {@link #prepare},
 * {@link #cancel}, {@link #abort}, {@link #backlogBatches()}, {@link #gauges()} and the gauges'
 * suppliers, which may be called from any thread, and {@link #maintain} and {@link #report}.
 *
 * <p>Failures are {@link io.lakehousecdc.sink.error.TargetException}s. After a failure nothing of
 * the failed call is visible, except where {@link #commit} says otherwise.
 */
public interface Target extends AutoCloseable {

  /**
   * Reads the committed state of the given partitions; those without one are absent from the
   * result. The call discards all that the target has cached of these partitions, because another
   * task may have owned them since.
   */
  Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions);

  /**
   * All histories that commits of this connector have told of. Where version 0.1 has stored states
   * of partitions, but no histories: those that {@link CarriedOver} makes of them.
   */
  Histories histories();

  /**
   * Transactions up to which commits of this connector have said that the tables show their
   * sources; see {@link Commit#progress}.
   */
  default List<SourceProgress> progress() {
    return List.of();
  }

  /**
   * Applies a commit atomically: rows and partition states together or not at all. A target that
   * commits table by table does so for each table. Calling it again with the same commit, after a
   * failure or a lost acknowledgement, applies what is missing and nothing twice.
   *
   * <p>An upsert or delete takes effect if its position is at or above the position of the stored
   * row, or if the stored row has no position.
   *
   * @throws io.lakehousecdc.sink.error.RecordException a change can never be applied
   * @throws io.lakehousecdc.sink.error.OutOfOrderException a constraint refuses the batch, but may
   *     accept it together with later changes
   * @throws io.lakehousecdc.sink.error.FencedException a previous state is not the committed one
   * @throws io.lakehousecdc.sink.error.OutdatedHistoriesException histories are stored which {@link
   *     Commit#histories} do not include
   * @throws io.lakehousecdc.sink.error.RetriableException the same commit may be retried
   * @throws io.lakehousecdc.sink.error.FatalException an operator has to act
   */
  CommitReceipt commit(Commit commit);

  /**
   * Pending sweeps of these topics. A commit of this connector requested them, and they were not
   * carried out because a partition was not yet past the snapshot. They are stored with that commit
   * and deleted by the commit that requests them again and carries them out.
   *
   * @param topics original topics
   */
  Set<PendingSweep> pendingSweeps(Set<String> topics);

  /**
   * Announces the next commit while an earlier one may still be running. A target can begin work
   * that does not depend on the outcome of the earlier commit, such as encoding. Returns at once;
   * may be called from any thread. The announced commit may never be made, or may change before it
   * is.
   */
  default void prepare(Commit next) {}

  /**
   * Tables of the commit that need work of unbounded duration before it can be made, such as a
   * truncate of a large table. The commit is to be {@link #maintain}ed first; meanwhile others can
   * be made that contain nothing of these tables, nor of the topics that feed them. Returns soon.
   */
  default Set<TableId> needingMaintenance(Commit commit) {
    return Set.of();
  }

  /**
   * Does such work, for a commit that will be made later. May be called by one other thread while
   * commits are made that have no table or partition in common with this one; ends early, with any
   * {@link io.lakehousecdc.sink.error.TargetException}, after {@link #cancel} or {@link #abort}.
   * What it has done stays done, and doing it again, by this task or another one, goes on with what
   * is left.
   */
  default void maintain(Commit commit) {}

  /**
   * Tests whether {@link #commit} would accept the batches. Throws what {@link #commit} would throw
   * for them, and changes neither rows nor partition states.
   */
  void rehearse(Commit commit);

  /**
   * Asks that the calls which other threads are making, if any, end as soon as possible. It
   * succeeds or throws, as it would have without this; a commit that throws may be retried. The
   * target can be used further. Returns soon. Where the call goes on to something else that takes
   * its time, this may have to be called again.
   */
  default void cancel() {}

  /**
   * Ends the call that another thread is making at once, if that is possible, by giving up its
   * connection; for when {@link #cancel} did not help. The next call connects anew.
   */
  default void abort() {}

  /**
   * Sets the committed offsets, as an operator requested. Records from the new offset on are
   * applied again; a change at an equal position counts as not yet applied. Histories stay, because
   * stored rows belong to them.
   *
   * @param offsets new next offset by partition, see {@link PartitionState#movedTo}; null sets the
   *     state to {@link PartitionState#FRESH}
   */
  void alterOffsets(Map<SourcePartition, Long> offsets);

  /** When the target stores the status of tables; does not change. */
  default StatusWrites statusWrites() {
    return StatusWrites.APART;
  }

  /**
   * Adds to the stored status of tables, by {@link TableStatus#plus}: all of it or nothing. May be
   * called by one other thread while any other call is made, which it neither fails nor keeps
   * waiting for long. Other tasks of the connector may add to the same tables at the same time.
   *
   * @param status at most one for each table and topic
   */
  default void report(List<TableStatus> status) {}

  /** What batches the target wants while the task is behind; may be asked from any thread. */
  default BacklogBatches backlogBatches() {
    return BacklogBatches.USUAL;
  }

  /** Metrics of this target in addition to the common ones, by name; the names do not change. */
  Map<String, LongSupplier> gauges();

  @Override
  void close();
}
