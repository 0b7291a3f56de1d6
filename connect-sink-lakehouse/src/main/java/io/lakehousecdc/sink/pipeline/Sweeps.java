// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PendingSweep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Follows initial snapshots to their ends, and asks the target for the sweeps.
 *
 * <p>The last row of a table's snapshot lies in one partition. The task that reads it asks at once,
 * in the same commit, and the target remembers that; so the other tasks of the connector hear of
 * it, and so does whoever reads the partition after a crash. Each of them asks again when all of
 * its partitions of the topic are past the snapshot: they have seen a later change, or nothing for
 * a while. Whoever comes last has the sweep carried out. Used by the task thread only.
 */
final class Sweeps {
  private final PipelineOptions.Sweeping options;
  private final Floors floors;
  private final Map<Snapshots, Ending> endings = new LinkedHashMap<>();
  private long readingSince = System.nanoTime();

  /**
   * @param floors makes the floors of sweeps
   */
  Sweeps(PipelineOptions.Sweeping options, Floors floors) {
    this.options = options;
    this.floors = floors;
  }

  /** The snapshots of which the last one counts: those of one history of one topic's source. */
  private record Snapshots(TableId table, String topic, int epoch) {
    static Snapshots of(PendingSweep ending) {
      return new Snapshots(ending.table(), ending.topic(), ending.below().epoch());
    }
  }

  /**
   * A request for a sweep.
   *
   * @param partitions partitions that are past the snapshot, and whose state goes with it
   */
  record Due(TableId table, Sweep sweep, Set<SourcePartition> partitions) {}

  /** A request that announces the end of a snapshot, if the partition's last event showed it. */
  Optional<Due> observe(PartitionTracker tracker, TableId table) {
    PartitionProgress progress = tracker.progress();
    if (progress.justCompleted().isEmpty()) {
      return Optional.empty();
    }
    SourcePartition partition = tracker.partition();
    Position below =
        new Position(
            progress.latest().order().highWater().epoch(), progress.justCompleted().getAsLong(), 0);
    PendingSweep ending =
        new PendingSweep(table, partition.topic(), below, progress.latestCommitMicros());
    endings.put(Snapshots.of(ending), new Ending(ending, new HashSet<>()));
    return Optional.of(new Due(table, sweep(ending), Set.of(partition)));
  }

  /**
   * Takes over what the target says.
   *
   * @param asked requests that it has answered
   * @param pending sweeps that wait for partitions of this task's topics
   */
  void learn(Collection<Due> asked, Collection<PendingSweep> pending) {
    Set<PendingSweep> open = Set.copyOf(pending);
    for (Due due : asked) {
      PendingSweep answered =
          new PendingSweep(
              due.table(),
              due.sweep().topic(),
              due.sweep().below(),
              due.sweep().floor().atMicros());
      Ending ending = endings.get(Snapshots.of(answered));
      if (ending != null && ending.sweep.equals(answered) && !open.contains(answered)) {
        endings.remove(Snapshots.of(answered));
      }
    }
    for (PendingSweep sweep : open) {
      Ending known = endings.get(Snapshots.of(sweep));
      if (known == null || known.sweep.below().isBelow(sweep.below())) {
        endings.put(Snapshots.of(sweep), new Ending(sweep, new HashSet<>()));
      }
    }
  }

  /** Forgets endings noticed so far: partitions are read from another place. */
  void reset() {
    endings.clear();
  }

  /** Nothing is read for the moment, so that nothing can be concluded from silence. */
  void readingStopped() {
    readingSince = System.nanoTime();
  }

  /**
   * Requests for sweeps that all partitions of the task are now ready for.
   *
   * @param assigned partitions of the task
   */
  List<Due> due(Collection<PartitionTracker> assigned) {
    List<Due> due = new ArrayList<>();
    for (Ending ending : endings.values()) {
      Position below = ending.sweep.below();
      List<PartitionTracker> own =
          assigned.stream()
              .filter(tracker -> tracker.partition().topic().equals(ending.sweep.topic()))
              .toList();
      if (!ending.announced.containsAll(partitions(own))
          && own.stream().allMatch(tracker -> isPast(tracker.progress(), below))) {
        own.forEach(tracker -> tracker.progress().completeSnapshot(below));
        ending.announced.addAll(partitions(own));
        List<PartitionTracker> read =
            own.stream().filter(tracker -> !tracker.progress().isUnread()).toList();
        due.add(new Due(ending.sweep.table(), sweep(ending.sweep), partitions(read)));
      }
    }
    return due;
  }

  private static Set<SourcePartition> partitions(List<PartitionTracker> trackers) {
    return trackers.stream().map(PartitionTracker::partition).collect(Collectors.toSet());
  }

  private boolean isPast(PartitionProgress progress, Position below) {
    long quietSince = Math.max(readingSince, progress.lastRecordAt());
    boolean quiet = System.nanoTime() - quietSince > options.quiet().toNanos();
    return quiet || progress.isPast(below);
  }

  private Sweep sweep(PendingSweep ending) {
    Floor floor =
        options.mode() == Sweep.Mode.REMOVE
            ? floors.sweep(ending.table(), ending.below(), ending.micros())
            : floors.report(ending.below()).atTime(ending.micros());
    return new Sweep(ending.topic(), floor, options.mode());
  }

  /**
   * The end of a snapshot that the target has not swept after yet.
   *
   * @param announced partitions of this task that the target was told of as being past it
   */
  private record Ending(PendingSweep sweep, Set<SourcePartition> announced) {}
}
