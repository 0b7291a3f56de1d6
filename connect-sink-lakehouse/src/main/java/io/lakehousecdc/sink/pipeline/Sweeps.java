package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Notices when initial snapshots are complete. The last row of a table's snapshot lies in one
 * partition only; another one has seen the end when a later change arrives, or nothing for a while.
 * (Should a row of the snapshot still come after that, it is written again: rows at the snapshot's
 * own position are applied.) Used by the task thread only.
 */
final class Sweeps {
  private static final long IDLE_NANOS = 5_000_000_000L;

  private final Sweep.Mode mode;
  private final List<Ending> endings = new ArrayList<>();

  Sweeps(Sweep.Mode mode) {
    this.mode = mode;
  }

  /**
   * A sweep that can be asked of the target.
   *
   * @param partitions partitions whose completion goes with it
   */
  record Due(TableId table, Sweep sweep, List<SourcePartition> partitions) {}

  /** Watches the event that {@code ledger} has just admitted for the end of a snapshot. */
  void observe(PartitionLedger ledger, String topic, TableId table) {
    if (ledger.justCompleted().isEmpty()) {
      return;
    }
    Position below =
        new Position(ledger.highWater().epoch(), ledger.justCompleted().getAsLong(), 0);
    endings.removeIf(ending -> ending.topic.equals(topic) && ending.table.equals(table));
    endings.add(new Ending(topic, table, below));
  }

  /** Forgets endings noticed so far: partitions are read from another place. */
  void reset() {
    endings.clear();
  }

  /** Sweeps of snapshots that all partitions of the task have now seen to the end. */
  List<Due> due(Map<SourcePartition, PartitionLedger> ledgers) {
    if (endings.isEmpty()) {
      return List.of();
    }
    List<Due> due = new ArrayList<>();
    for (Iterator<Ending> each = endings.iterator(); each.hasNext(); ) {
      Ending ending = each.next();
      List<SourcePartition> partitions = new ArrayList<>();
      boolean complete = true;
      for (Map.Entry<SourcePartition, PartitionLedger> entry : ledgers.entrySet()) {
        if (entry.getKey().topic().equals(ending.topic)) {
          partitions.add(entry.getKey());
          complete &= entry.getValue().isPast(ending.below, IDLE_NANOS);
        }
      }
      if (complete) {
        completeAll(partitions, ledgers, ending);
        due.add(new Due(ending.table, new Sweep(ending.topic, ending.below, mode), partitions));
        each.remove();
      }
    }
    return due;
  }

  private static void completeAll(
      Collection<SourcePartition> partitions,
      Map<SourcePartition, PartitionLedger> ledgers,
      Ending ending) {
    for (SourcePartition partition : partitions) {
      ledgers.get(partition).completeSnapshot(ending.below.commitLsn());
    }
  }

  private record Ending(String topic, TableId table, Position below) {}
}
