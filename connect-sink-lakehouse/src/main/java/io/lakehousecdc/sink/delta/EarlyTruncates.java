// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The truncates of tables that do not exist yet. There is nothing to remove, but older rows may
 * come late, from another partition: the table of offsets remembers them until there is a table to
 * do so.
 *
 * <p>Whoever brings the truncate writes it down first and then looks for the table; whoever brings
 * rows makes the table first and then looks for what is written down. One of the two finds the
 * other, also when they are tasks of different workers.
 */
final class EarlyTruncates {
  private final OpenTables tables;
  private final OffsetsTable offsets;
  private final TableThreads threads;
  private final Set<TableId> applied = new HashSet<>();

  EarlyTruncates(OpenTables tables, OffsetsTable offsets, TableThreads threads) {
    this.tables = tables;
    this.offsets = offsets;
    this.threads = threads;
  }

  /**
   * What can be committed: the batches that have columns or a table, with the truncates that came
   * before the table. Those of the others are remembered when this returns.
   *
   * @param known tell which histories the truncates hold for
   */
  List<TableBatch> applicable(List<TableBatch> batches, Histories known) {
    Map<String, String> remembered = afterTablesAreMade(batches);
    List<TableBatch> applicable = new ArrayList<>();
    for (TableBatch batch : batches) {
      if (batch.schema().size() > 0 || !batch.changes().isEmpty()) {
        applicable.add(mayHaveEarlier(batch) ? afterEarlier(batch, known, remembered) : batch);
      } else {
        boolean remembers = tables.haveKeys() && !batch.truncates().isEmpty();
        if (remembers && !tables.open(batch.table()).exists()) {
          offsets.truncated(batch.table(), held -> remembering(held, batch.truncates()));
        }
        if (tables.open(batch.table()).exists()) {
          applicable.add(batch);
        }
      }
    }
    return applicable;
  }

  /** Domains of the table of offsets, read when there are tables for all batches with columns. */
  private Map<String, String> afterTablesAreMade(List<TableBatch> batches) {
    List<TableBatch> first = batches.stream().filter(this::mayHaveEarlier).toList();
    if (first.isEmpty()) {
      return Map.of();
    }
    threads.each(
        first,
        batch -> {
          tables.open(batch.table()).createIfAbsent(batch.schema());
          return batch;
        },
        made -> {});
    return offsets.domains();
  }

  private boolean mayHaveEarlier(TableBatch batch) {
    return batch.schema().size() > 0 && tables.haveKeys() && !applied.contains(batch.table());
  }

  /** The tables of the batches hold by themselves what was remembered for them. */
  void applied(List<TableBatch> batches) {
    batches.forEach(batch -> applied.add(batch.table()));
  }

  private RememberedFloors remembering(RememberedFloors held, List<Floor> floors) {
    return tables.holdVersions() ? held.withAll(floors) : held.with(floors);
  }

  private TableBatch afterEarlier(
      TableBatch batch, Histories known, Map<String, String> remembered) {
    List<Floor> earlier =
        OffsetsTable.truncated(batch.table(), remembered).floors(known, tables.relation());
    if (earlier.isEmpty()) {
      return batch;
    }
    List<Floor> all = Stream.of(earlier, batch.truncates()).flatMap(List::stream).toList();
    Map<Position, Floor> floors = new TreeMap<>();
    all.forEach(floor -> floors.put(floor.at(), floor));
    if (!tables.holdVersions()) {
      all.forEach(
          higher ->
              floors
                  .keySet()
                  .removeIf(at -> at.epoch() == higher.at().epoch() && at.isBelow(higher.at())));
    }
    return batch.withTruncates(List.copyOf(floors.values()));
  }
}
