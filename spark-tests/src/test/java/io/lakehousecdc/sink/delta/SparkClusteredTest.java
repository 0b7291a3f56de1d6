// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table as Databricks creates it by default, with clustering, row tracking and statistics in
 * checkpoints as a struct, which Spark clusters while the sink writes to it.
 */
class SparkClusteredTest {
  private static final int ROWS = 40;

  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  private String table;

  @Test
  void tableIsClusteredWhileTheSinkWrites() throws IOException {
    table = "delta.`" + location() + "`";
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id INT, name STRING, note STRING, qty BIGINT) USING delta CLUSTER BY (note)"
            + " TBLPROPERTIES ('delta.columnMapping.mode' = 'name',"
            + " 'delta.enableDeletionVectors' = 'true', 'delta.enableRowTracking' = 'true',"
            + " 'delta.checkpoint.writeStatsAsStruct' = 'true',"
            + " 'delta.checkpoint.writeStatsAsJson' = 'false',"
            + " 'delta.dataSkippingNumIndexedCols' = '3')");
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, ROWS);
      write(owner, 2, 1, 10);
      SparkSessions.run("OPTIMIZE " + table);
      assertEquals(1, clustered());
      write(owner, 3, 1, 5);
      assertEquals(1, clustered());
      assertEquals(ROWS, names().size());
      new CheckpointWriter(new LocalFileIO(), location()).write(Duration.ofDays(1));
    }
    DeltaLog.clearCache();
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 4, 6, 7);
      assertEquals(1, clustered());
      SparkSessions.run("OPTIMIZE " + table);
      write(owner, 5, 8, 8);
      dropNote(owner);
    }
    List<String> names = names();
    assertEquals(ROWS, names.size());
    assertEquals(
        List.of("3-1", "3-2", "3-3", "3-4", "3-5", "4-6", "4-7", "5-8"), names.subList(0, 8));
    assertEquals("dropped", names.get(8));
    Row detail = spark.sql("DESCRIBE DETAIL " + table).collectAsList().get(0);
    assertEquals(List.of("note"), detail.getList(detail.fieldIndex("clusteringColumns")));
    Row ids =
        spark
            .sql("SELECT count(*), count(DISTINCT _metadata.row_id) FROM " + table)
            .collectAsList()
            .get(0);
    assertEquals(ids.getLong(0), ids.getLong(1));
    // Statistics that the checkpoint holds as a struct let Spark leave files out.
    assertEquals(
        List.of("5-8"),
        spark.sql("SELECT name FROM " + table + " WHERE note = 't5'").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList());
  }

  private static void dropNote(PartitionOwner owner) {
    owner.commit(
        Batches.batch(
                Warehouse.ITEMS,
                Batches.schema(
                    1,
                    Batches.required("id", Primitive.INT32),
                    Batches.required("name", Primitive.TEXT),
                    Batches.optional("qty", Primitive.INT64)))
            .upsert(9_009, 9, "dropped", 1L)
            .seen("shop", 9_009, 9_009, "id", "name", "qty")
            .build());
  }

  /** Number of files that somebody has clustered; every file has statistics of the column. */
  private long clustered() {
    List<DataFile> files = new ArrayList<>();
    var version = new TableLog(new LocalFileIO(), location()).latest().orElseThrow();
    version.files(files::add);
    String note =
        version.columns().stream()
            .filter(column -> column.name().equals("note"))
            .findFirst()
            .orElseThrow()
            .physicalName();
    for (DataFile file : files) {
      assertTrue(file.stats().tree().path("minValues").has(note), file::toString);
    }
    return files.stream().filter(file -> file.clusteringProvider().isPresent()).count();
  }

  private List<String> names() {
    return spark.sql("SELECT name FROM " + table + " ORDER BY id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static void write(PartitionOwner owner, int commit, int first, int last) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = first; id <= last; id++) {
      batch.upsert(commit * 1_000 + id, id, commit + "-" + id, "t" + commit, 1L);
    }
    batch.seen("shop", 1, commit * 1_000 + last, "id", "name", "note", "qty");
    owner.commit(batch.build());
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private Target open() {
    TableOptions options =
        new TableOptions(
            WriteMode.UPSERT,
            DeleteMode.HARD,
            Evolution.ADDITIVE,
            DroppedColumns.DROP,
            MetadataColumns.DEFAULT,
            Optional.empty());
    return DeltaFixture.open(
        new LocalFileIO(),
        root,
        options,
        new TargetContext("sink", 0),
        Map.of(
            "delta.compaction", "false",
            "delta.checkpoint.interval", "0",
            "delta.vacuum", "false"));
  }
}
