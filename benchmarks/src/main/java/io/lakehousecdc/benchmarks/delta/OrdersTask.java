// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** A task that writes tables of orders, each from one or more partitions. Not thread-safe. */
final class OrdersTask implements AutoCloseable {
  private final Target target;
  private final SplittableRandom random;
  private final Map<TableId, Set<SourcePartition>> contributors;
  private final Map<SourcePartition, Optional<PartitionState>> states = new HashMap<>();

  /**
   * @param contributors the tables, with the partitions that feed each
   */
  OrdersTask(Path root, int number, Map<TableId, Set<SourcePartition>> contributors) {
    this(Place.local(root), number, contributors);
  }

  /**
   * @param contributors the tables, with the partitions that feed each
   */
  OrdersTask(Place place, int number, Map<TableId, Set<SourcePartition>> contributors) {
    Map<String, String> settings = OrdersTable.settings(place.files());
    settings.putAll(place.settings());
    settings.put("delta.root", place.root());
    this.contributors = contributors;
    this.random = new SplittableRandom(number);
    this.target =
        new DeltaTargetFactory()
            .open(
                new TargetSettings(settings, TableOptions.DEFAULT),
                new TargetContext("benchmark", number));
    contributors.values().forEach(some -> some.forEach(each -> states.put(each, null)));
    Map<SourcePartition, LoadedPartition> loaded = target.load(Set.copyOf(states.keySet()));
    states.replaceAll(
        (partition, none) ->
            Optional.ofNullable(loaded.get(partition)).map(LoadedPartition::state));
  }

  /** Changes of some rows. */
  List<RowChange> changes(List<Long> ids, long lsn, Operation operation) {
    ChangeInfo info = new ChangeInfo(operation, new Position(0, lsn, lsn), 1_000_000 + lsn);
    List<RowChange> changes = new ArrayList<>(ids.size());
    ids.forEach(id -> changes.add(OrdersTable.upsert(id, info, random)));
    return changes;
  }

  /**
   * Commits a flush.
   *
   * @param changes by table, all at one position
   * @param lsn that position
   */
  void commit(Map<TableId, List<RowChange>> changes, long lsn) {
    PartitionState next =
        new PartitionState(
            lsn, new Position(0, lsn, lsn), PartitionState.NO_LSN, PartitionState.NO_LSN, lsn);
    List<PartitionAdvance> advances = new ArrayList<>();
    states.forEach(
        (partition, state) -> advances.add(new PartitionAdvance(partition, state, next)));
    List<TableBatch> batches = new ArrayList<>();
    changes.forEach(
        (table, some) ->
            batches.add(
                new TableBatch(table, OrdersTable.SCHEMA, some, List.of(), Optional.empty())));
    target.commit(new Commit(batches, advances, List.of(), contributors, OrdersTable.HISTORIES));
    states.replaceAll((partition, state) -> Optional.of(next));
  }

  long figure(String gauge) {
    return target.gauges().get(gauge).getAsLong();
  }

  @Override
  public void close() {
    target.close();
  }
}
