// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.StreamState;
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
  private Histories histories = Histories.NONE;

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

  /** From the next commit on it knows these, beside those that the target has stored. */
  public PartitionOwner knowing(Histories known) {
    histories = known;
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
    PartitionState from = state.orElse(PartitionState.FRESH);
    StreamState stream = from.latest();
    Position highWater = stream.highWater();
    long latest = stream.latestCommitMicros();
    Histories known = target.histories().union(histories);
    long changes = 0;
    for (TableBatch batch : batches) {
      for (Floor floor : batch.truncates()) {
        known = with(known, floor.at().epoch());
      }
      if (batch.sweep().isPresent()) {
        known = with(known, batch.sweep().get().below().epoch());
      }
      for (RowChange change : batch.changes()) {
        known = with(known, change.info().position().epoch());
        highWater = Position.max(highWater, change.info().position());
        latest = Math.max(latest, change.info().commitMicros());
        changes++;
      }
    }
    PartitionState next =
        new PartitionState(
            from.nextOffset() + Math.max(1, changes),
            highWater,
            Math.max(stream.snapshotLsn(), completedSnapshotLsn),
            Math.max(stream.completedSnapshotLsn(), completedSnapshotLsn),
            latest);
    return new Commit(
        List.of(batches),
        List.of(new PartitionAdvance(partition, state, next)),
        letters,
        Stream.of(batches)
            .collect(Collectors.toMap(TableBatch::table, batch -> Set.of(partition), (a, b) -> a)),
        known);
  }

  /** Adds, where the epoch is not known, a history of an unnamed source that no time tells. */
  private static Histories with(Histories known, int epoch) {
    if (known.history(epoch).isPresent()) {
      return known;
    }
    long began = epoch == 0 ? History.ALWAYS : Long.MAX_VALUE;
    History history = new History(epoch, SourceId.UNKNOWN, began);
    return known.union(Histories.of(List.of(history), Map.of()));
  }

  /** One commit of several owners of the same target. */
  public static Commit together(Commit... commits) {
    return new Commit(
        Stream.of(commits).flatMap(commit -> commit.batches().stream()).toList(),
        Stream.of(commits).flatMap(commit -> commit.advances().stream()).toList(),
        Stream.of(commits).flatMap(commit -> commit.deadLetters().stream()).toList(),
        Stream.of(commits)
            .flatMap(commit -> commit.contributors().entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
        Stream.of(commits).map(Commit::histories).reduce(Histories.NONE, Histories::union));
  }
}
