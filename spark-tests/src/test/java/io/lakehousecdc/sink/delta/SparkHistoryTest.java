// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TrackedColumns;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark reads the versions of a table that the sink keeps, and rearranges its files. */
class SparkHistoryTest {
  private static final TableOptions SINCE_EVER =
      TableOptions.DEFAULT.withHistory(
          new HistoryOptions(HistoryColumns.DEFAULT, Since.BEGINNING, TrackedColumns.ALL));

  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  @Test
  void sparkReadsCurrentVersionsAndThoseAtATime() {
    try (Target target =
        DeltaFixture.open(
            new LocalFileIO(), root, SINCE_EVER, new TargetContext("sink", 0), Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().change(read(1, "one")).change(read(2, "two")).build());
      owner.commit(items().upsert(20_000_000, 1, "one again", null, null).build());
      SparkSessions.run("OPTIMIZE " + table());
      owner.commit(
          items().delete(30_000_000, 2).create(40_000_000, 3, "three", null, null).build());
      owner.commit(items().upsert(25_000_000, 1, "late", null, null).build());
    }
    assertEquals(List.of("1 late", "3 three"), names("is_current"));
    assertEquals(List.of("1 late", "3 three"), names("valid_to IS NULL"));
    assertEquals(List.of("1 one", "2 two"), at("1900-01-01 00:00:00"));
    assertEquals(List.of("1 one", "2 two"), at("1970-01-01 05:33:19"));
    assertEquals(List.of("1 one again", "2 two"), at("1970-01-01 05:33:20"));
    assertEquals(List.of("1 late", "2 two"), at("1970-01-01 08:19:59"));
    assertEquals(List.of("1 late"), at("1970-01-01 08:20:00"));
    assertEquals(List.of("1 late", "3 three"), at("1970-01-01 11:06:40"));
  }

  @Test
  void truncateEndsWhatSparkHasAdded() {
    try (Target target =
        DeltaFixture.open(
            new LocalFileIO(), root, SINCE_EVER, new TargetContext("sink", 0), Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().change(read(1, "one")).build());
      spark.sql(
          "INSERT INTO "
              + table()
              + " (id, name, valid_from, is_current)"
              + " VALUES (2, 'two', TIMESTAMP '1960-01-01 00:00:00 UTC', true)");
      owner.commit(items().upsert(20_000_000, 1, "one again", null, null).build());
      assertEquals(List.of("1 one again", "2 two"), names("is_current"));
      Floor floor =
          new Floor(
              Batches.at(30_000_000),
              Floor.Cause.TRUNCATE,
              Set.of(),
              Set.of(),
              Long.MAX_VALUE,
              30_000_000_000L);
      owner.commit(items().truncate(floor).build());
    }
    assertEquals(List.of(), names("is_current"));
    assertEquals(List.of("1 one again", "2 two"), at("1970-01-01 08:19:59"));
    assertEquals(List.of(), at("1970-01-01 08:20:00"));
  }

  private List<String> at(String time) {
    String at = "TIMESTAMP '" + time + " UTC'";
    return names("valid_from <= " + at + " AND (valid_to > " + at + " OR valid_to IS NULL)");
  }

  private List<String> names(String condition) {
    List<Row> rows =
        spark
            .sql("SELECT id, name FROM " + table() + " WHERE " + condition + " ORDER BY id")
            .collectAsList();
    return IntStream.range(0, rows.size())
        .mapToObj(i -> rows.get(i).getInt(0) + " " + rows.get(i).getString(1))
        .toList();
  }

  private static RowChange read(int id, String name) {
    return new RowChange.Upsert(
        RowKey.of(id),
        new Object[] {id, name, null, null},
        Batches.info(Operation.READ, Batches.at(10_000_000)));
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private String table() {
    return "delta.`" + root.resolve("shop").resolve("items") + "`";
  }
}
