// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commits to a target as the owner of one partition, following its state as a task does. */
public final class PartitionOwner {
  private final Target target;
  private final SourcePartition partition;
  private Optional<PartitionState> state;
  private long completedSnapshotLsn = PartitionState.NO_LSN;

  private PartitionOwner(Target target, SourcePartition partition) {
    this.target = target;
    this.partition = partition;
    this.state =
        Optional.ofNullable(target.load(Set.of(partition)).get(partition))
            .map(LoadedPartition::state);
  }

  /** Takes the partition over: loads its state. */
  public static PartitionOwner of(Target target, SourcePartition partition) {
    return new PartitionOwner(target, partition);
  }

  /** State as loaded or last committed. */
  public Optional<PartitionState> state() {
    return state;
  }

  /** From the next commit on the partition has seen the end of the snapshot. */
  public PartitionOwner completed(long snapshotLsn) {
    completedSnapshotLsn = snapshotLsn;
    return this;
  }

  /** Prepares a commit and carries it out. */
  public CommitReceipt commit(TableBatch... batches) {
    return commit(prepare(batches));
  }

  /** Carries out a commit that this owner prepared. */
  public CommitReceipt commit(Commit commit) {
    CommitReceipt receipt = target.commit(commit);
    state = Optional.of(commit.advances().get(0).next());
    return receipt;
  }

  /** A commit that builds on the state and takes one offset for each change, at least one. */
  public Commit prepare(TableBatch... batches) {
    return prepare(List.of(), batches);
  }

  /** As {@link #prepare(TableBatch...)}, with dead letters. */
  public Commit prepare(List<DeadLetter> letters, TableBatch... batches) {
    PartitionState from = state.orElse(PartitionState.fresh(0));
    Position highWater = from.highWater();
    long latest = from.latestCommitMicros();
    long changes = 0;
    for (TableBatch batch : batches) {
      for (RowChange change : batch.changes()) {
        highWater = Position.max(highWater, change.info().position());
        latest = Math.max(latest, change.info().commitMicros());
        changes++;
      }
    }
    PartitionState next =
        new PartitionState(
            from.nextOffset() + Math.max(1, changes),
            highWater,
            Math.max(from.snapshotLsn(), completedSnapshotLsn),
            Math.max(from.completedSnapshotLsn(), completedSnapshotLsn),
            latest);
    return new Commit(
        List.of(batches),
        List.of(new PartitionAdvance(partition, state, next)),
        letters,
        Stream.of(batches)
            .collect(Collectors.toMap(TableBatch::table, batch -> Set.of(partition), (a, b) -> a)));
  }

  /** One commit of several owners of the same target. */
  public static Commit together(Commit... commits) {
    return new Commit(
        Stream.of(commits).flatMap(commit -> commit.batches().stream()).toList(),
        Stream.of(commits).flatMap(commit -> commit.advances().stream()).toList(),
        Stream.of(commits).flatMap(commit -> commit.deadLetters().stream()).toList(),
        Stream.of(commits)
            .flatMap(commit -> commit.contributors().entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }
}
