// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Warehouse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A source whose every event follows from its offset: whoever reads it, and however often, reads
 * the same. One partition feeds one table, the other feeds two.
 */
final class SeededSource {
  static final List<SourcePartition> PARTITIONS = List.of(Warehouse.P0, Warehouse.P1);
  static final List<TableId> TABLES =
      List.of(Warehouse.ITEMS, new TableId("shop", "left"), new TableId("shop", "right"));

  private static final int KEYS = 100;

  private SeededSource() {}

  private record Event(TableId table, int key, Optional<String> name) {}

  private static Event event(SourcePartition partition, long offset) {
    SplittableRandom random = new SplittableRandom(31 * offset + partition.partition());
    TableId table =
        partition.partition() == 0 ? TABLES.get(0) : TABLES.get(random.nextBoolean() ? 1 : 2);
    return new Event(
        table,
        random.nextInt(KEYS),
        random.nextInt(5) == 0 ? Optional.empty() : Optional.of("name " + offset));
  }

  /** Partition that feeds a table. */
  static SourcePartition partition(TableId table) {
    return table.equals(TABLES.get(0)) ? PARTITIONS.get(0) : PARTITIONS.get(1);
  }

  /** What a table has to hold, by key, when everything below an offset is applied. */
  static Map<Integer, String> rows(TableId table, long end) {
    Map<Integer, String> rows = new TreeMap<>();
    changes(table, 0, end)
        .forEach(
            (key, offset) ->
                event(partition(table), offset).name().ifPresent(name -> rows.put(key, name)));
    return rows;
  }

  /** Changes of a table in a range of offsets, at most one for each key; without any, empty. */
  static Optional<TableBatch> batch(TableId table, long begin, long end) {
    Batches batch = Batches.batch(table, Warehouse.ITEM);
    Map<Integer, Long> changes = changes(table, begin, end);
    changes.forEach(
        (key, offset) ->
            event(partition(table), offset)
                .name()
                .ifPresentOrElse(
                    name -> batch.upsert(offset + 1, key, name, null, offset),
                    () -> batch.delete(offset + 1, key)));
    return changes.isEmpty() ? Optional.empty() : Optional.of(batch.build());
  }

  private static Map<Integer, Long> changes(TableId table, long begin, long end) {
    Map<Integer, Long> newest = new TreeMap<>();
    for (long offset = begin; offset < end; offset++) {
      Event event = event(partition(table), offset);
      if (event.table().equals(table)) {
        newest.put(event.key(), offset);
      }
    }
    return newest;
  }
}
