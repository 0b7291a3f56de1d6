// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spark reads the change data feed of a table that the sink writes to, at once and as a stream. */
class SparkChangeFeedTest {
  private static final List<String> UPDATED = List.of("update_preimage", "delete");

  private final SparkSession spark = SparkSessions.shared();
  private final Map<Integer, String> replayed = new TreeMap<>();
  private long lsn;

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({"1, false, ''", "2, true, ''", "3, false, shop.items:note"})
  void replayOfTheFeedIsTheTable(int seed, boolean soft, String partitionBy) {
    try (Target target =
        open(
            soft ? Warehouse.soft() : TableOptions.DEFAULT,
            Map.of(DeltaSettings.PARTITION_BY, partitionBy))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Random random = new Random(seed);
      for (int i = 0; i < 8; i++) {
        commit(owner, random);
      }
      SparkSessions.run("UPDATE " + table() + " SET name = 'by spark' WHERE id % 5 = 0");
      for (int i = 0; i < 8; i++) {
        commit(owner, random);
      }
    }
    replay(feed().load(location()).collectAsList());
    assertEquals(rows(), List.copyOf(replayed.values()));
  }

  @Test
  void streamFollowsThroughUpdates() throws Exception {
    List<Row> received = new ArrayList<>();
    try (Target target = open(TableOptions.DEFAULT, Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Random random = new Random(4);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
          commit(owner, random);
        }
        stream(received);
        replay(received);
        received.clear();
        assertEquals(rows(), List.copyOf(replayed.values()));
      }
    }
  }

  private void stream(List<Row> to) throws Exception {
    VoidFunction2<Dataset<Row>, Long> collect = (batch, id) -> to.addAll(batch.collectAsList());
    spark
        .readStream()
        .format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", "0")
        .load(location())
        .writeStream()
        .foreachBatch(collect)
        .option("checkpointLocation", root.resolve("progress").toString())
        .trigger(Trigger.AvailableNow())
        .start()
        .awaitTermination();
  }

  private DataFrameReader feed() {
    return spark
        .read()
        .format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", "0");
  }

  /** Each row that is taken away has to be there as it is told, and none is added twice. */
  private void replay(List<Row> changes) {
    List<Row> ordered = new ArrayList<>(changes);
    ordered.sort(
        Comparator.<Row>comparingLong(row -> row.getLong(row.fieldIndex("_commit_version")))
            .thenComparing(row -> !UPDATED.contains(type(row))));
    for (Row change : ordered) {
      int id = change.getInt(change.fieldIndex("id"));
      if (UPDATED.contains(type(change))) {
        assertEquals(replayed.remove(id), text(change));
      } else {
        assertNull(replayed.put(id, text(change)));
      }
    }
    assertTrue(ordered.stream().anyMatch(change -> type(change).equals("update_postimage")));
  }

  private static String type(Row change) {
    return change.getString(change.fieldIndex("_change_type"));
  }

  /** Values of the table's columns. */
  private static String text(Row row) {
    StringBuilder text = new StringBuilder();
    for (String column : row.schema().fieldNames()) {
      if (!Set.of("_change_type", "_commit_version", "_commit_timestamp").contains(column)) {
        text.append(column).append('=').append((Object) row.getAs(column)).append(' ');
      }
    }
    return text.toString();
  }

  private List<String> rows() {
    return spark.sql("SELECT * FROM " + table() + " ORDER BY id").collectAsList().stream()
        .map(SparkChangeFeedTest::text)
        .toList();
  }

  private void commit(PartitionOwner owner, Random random) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    if (random.nextInt(6) == 0) {
      batch.truncate(++lsn);
    }
    Set<Integer> ids = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add(random.nextInt(40));
    }
    for (int id : ids) {
      if (random.nextInt(4) == 0) {
        batch.delete(++lsn, id);
      } else {
        batch.upsert(++lsn, id, "n" + lsn, "t" + random.nextInt(2), lsn);
      }
    }
    owner.commit(batch.build());
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private String table() {
    return "delta.`" + location() + "`";
  }

  private Target open(TableOptions options, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put(DeltaSettings.CHANGE_DATA_FEED, "true");
    settings.values().removeIf(String::isEmpty);
    return DeltaFixture.open(
        new LocalFileIO(), root, options, new TargetContext("sink", 0), settings);
  }
}
