// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Spark makes of the log that the sink writes, and the sink of what Spark writes to it. */
class SparkLogTest {
  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  private String table;

  @BeforeEach
  void name() {
    table = "delta.`" + root.resolve("shop").resolve("items") + "`";
  }

  @Test
  void oldVersionsAreWholeAfterCheckpointsAndAVacuum() throws IOException {
    String location = root.resolve("shop").resolve("items").toString();
    CheckpointWriter checkpoints = new CheckpointWriter(new LocalFileIO(), location);
    try (Target target = open(Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, 5);
      write(owner, 2, 1, 5); // replaces the first file as a whole
      checkpoints.write(Duration.ZERO);
      write(owner, 3, 2, 5);
      checkpoints.write(Duration.ZERO);
      write(owner, 4, 3, 5);
      checkpoints.write(Duration.ZERO);
    }
    // As if written long ago, but removed lately.
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(30)));
    try (var files = Files.list(Path.of(location))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, old);
      }
    }
    spark.sql("VACUUM " + table);

    assertEquals(List.of("1-1", "1-2", "1-3", "1-4", "1-5"), names(" VERSION AS OF 1"));
    assertEquals(List.of("2-1", "2-2", "2-3", "2-4", "2-5"), names(" VERSION AS OF 2"));
    assertEquals(List.of("2-1", "3-2", "4-3", "4-4", "4-5"), names(""));
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 1");
    checkpoints.write(Duration.ZERO);
    spark.sql("VACUUM " + table);
    assertEquals(List.of("1-1", "1-2", "1-3", "1-4", "1-5"), names(""));
  }

  @Test
  void rowIdsAreUniqueAndOutliveCompaction() {
    Map<String, String> settings =
        Map.of(
            "delta.table.properties.delta.enableRowTracking", "true", "delta.compaction", "true");
    try (Target target = open(settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, 40);
      long before = rowId(1);
      int commit = 2;
      while (target.gauges().get("delta-compactions").getAsLong() == 0) {
        write(owner, commit, 2 + commit % 30, 10 + commit % 30);
        assertTrue(commit++ < 500, "no compaction");
      }
      assertEquals(before, rowId(1));
    }
    spark.sql("INSERT INTO " + table + " (id, name) VALUES (1001, 'x'), (1002, 'y'), (1003, 'z')");
    try (Target target = open(settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 900, 1, 10);
    }
    Row counts =
        spark
            .sql("SELECT count(*), count(DISTINCT _metadata.row_id) FROM " + table)
            .collectAsList()
            .get(0);
    assertEquals(43, counts.getLong(0));
    assertEquals(43, counts.getLong(1));
  }

  private long rowId(int id) {
    return spark
        .sql("SELECT _metadata.row_id FROM " + table + " WHERE id = " + id)
        .collectAsList()
        .get(0)
        .getLong(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT OVERWRITE %s SELECT * FROM %s WHERE id = 2",
        "CREATE OR REPLACE TABLE %s USING delta AS SELECT id, name FROM %s WHERE id = 2",
        "TRUNCATE TABLE %s",
        "DELETE FROM %s"
      })
  void overwriteIsNoticedAndEverythingIsReadAgain(String statement) {
    try (Target target = open(Map.of())) {
      write(PartitionOwner.of(target, Warehouse.P0), 1, 1, 5);
    }
    spark.sql(statement.formatted(table, table));
    try (Target target = open(Map.of())) {
      assertThrows(FatalException.class, () -> PartitionOwner.of(target, Warehouse.P0));
    }
    try (Target target = open(Map.of("delta.on.overwrite", "restart"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      assertEquals(0, owner.state().orElseThrow().nextOffset());
      write(owner, 2, 1, 5);
    }
    assertEquals(List.of("2-1", "2-2", "2-3", "2-4", "2-5"), names(""));
  }

  /** As Spark 3 does by itself; Spark 4 takes all of them for what Parquet defines. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void datesAndTimestampsOfOldAreReadAsTheyAre(boolean deletionVectors) {
    LocalDate day = LocalDate.of(1066, 10, 14);
    Instant at = Instant.parse("1582-10-10T12:00:00.123456Z");
    long micros = at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    List<String> modes =
        List.of(
            "spark.sql.parquet.datetimeRebaseModeInRead",
            "spark.sql.parquet.int96RebaseModeInRead",
            "spark.sql.session.timeZone");
    modes.forEach(mode -> spark.conf().set(mode, mode.endsWith("Zone") ? "UTC" : "EXCEPTION"));
    try (Target target =
        open(Map.of("delta.deletion.vectors", Boolean.toString(deletionVectors)))) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              Batches.batch(
                      Warehouse.ITEMS,
                      Batches.schema(
                          1,
                          Batches.required("id", Primitive.INT32),
                          Batches.optional("day", Primitive.DATE),
                          Batches.optional("at", Primitive.TIMESTAMPTZ)))
                  .upsert(1, 1, (int) day.toEpochDay(), micros)
                  .build());
      Row row =
          spark
              .sql("SELECT CAST(day AS STRING), CAST(at AS STRING) FROM " + table)
              .collectAsList()
              .get(0);
      assertEquals("1066-10-14", row.getString(0));
      assertEquals("1582-10-10 12:00:00.123456", row.getString(1));
      assertEquals(
          1,
          spark
              .sql("SELECT id FROM " + table + " WHERE day < DATE'1067-01-01'")
              .collectAsList()
              .size());
    } finally {
      modes.forEach(mode -> spark.conf().unset(mode));
    }
  }

  @Test
  void elementsOfWidenedArraysAreRead() {
    try (Target target = open(Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(array(Primitive.INT16).upsert(1, 1, List.of((short) 7)).build());
      owner.commit(array(Primitive.INT32).upsert(2, 2, List.of(1 << 30)).build());
      owner.commit(array(Primitive.INT64).upsert(3, 3, List.of(1L << 60)).build());
    }
    assertEquals(
        List.of("[7]", "[" + (1 << 30) + "]", "[" + (1L << 60) + "]"),
        spark.sql("SELECT to_json(v) FROM " + table + " ORDER BY id").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList());
  }

  private static Batches array(Primitive element) {
    return Batches.batch(
        Warehouse.ITEMS,
        Batches.schema(
            1,
            Batches.required("id", Primitive.INT32),
            Batches.optional("v", new LogicalType.Array(element))));
  }

  @Test
  void overwriteIsNoticedByTheTaskThatRuns() {
    try (Target target = open(Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, 5);
      spark.sql("INSERT OVERWRITE " + table + " SELECT * FROM " + table + " WHERE id = 2");
      assertThrows(FatalException.class, () -> write(owner, 2, 1, 1));
    }
    assertEquals(List.of("1-2"), names(""));
  }

  private List<String> names(String version) {
    return spark
        .sql("SELECT name FROM " + table + version + " ORDER BY id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private Target open(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("delta.compaction", "false");
    all.put("delta.checkpoint.interval", "0");
    all.put("delta.vacuum", "false");
    all.putAll(settings);
    return DeltaFixture.open(
        new LocalFileIO(), root, TableOptions.DEFAULT, new TargetContext("sink", 0), all);
  }

  /** Upserts the rows of some keys. */
  private static void write(PartitionOwner owner, int commit, int first, int last) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = first; id <= last; id++) {
      batch.upsert(commit * 1_000 + id, id, commit + "-" + id, "t", 1L);
    }
    owner.commit(batch.build());
  }
}
