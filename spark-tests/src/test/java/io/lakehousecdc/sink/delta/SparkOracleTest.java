// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Spark reads the tables and changes them, between commits and in the middle of one: after the
 * commit is planned and before its log entry is put. A map beside the table says what it has to
 * hold.
 */
class SparkOracleTest {
  private static final int KEYS = 2_000;
  private static final int ROUNDS = 5;

  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  private final FailingStore store = new FailingStore(new LocalFileIO());
  private final Map<Integer, List<Object>> model = new TreeMap<>();
  private long lsn;
  private String table;

  @ParameterizedTest
  @CsvSource({
    "1, true, ''",
    "2, true, 'shop.items:note'",
    "3, false, ''",
    "4, false, 'shop.items:note'"
  })
  void tableEqualsTheModelWhateverSparkDoes(
      long seed, boolean deletionVectors, String partitionBy) {
    table = "delta.`" + root.resolve("shop").resolve("items") + "`";
    Random random = new Random(seed);
    Map<String, String> settings =
        Map.of(
            DeltaSettings.DELETION_VECTORS,
            Boolean.toString(deletionVectors),
            DeltaSettings.PARTITION_BY,
            partitionBy);
    try (Target target =
        DeltaFixture.open(
            store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      for (int round = 0; round < ROUNDS; round++) {
        Map<Integer, List<Object>> after = new HashMap<>();
        TableBatch batch = batch(random, round == 0 ? KEYS : 1 + random.nextInt(300), after);
        boolean during = round > 0 && random.nextBoolean();
        if (during) {
          store.beforeNextLogEntry(() -> change(random.nextInt(5), random, after));
        }
        owner.commit(batch);
        after.forEach(this::apply);
        if (!during) {
          change(random.nextInt(6), random, Map.of());
        }
        assertEquals(model, rows(), "seed " + seed + ", round " + round);
      }
    }
  }

  /**
   * Lets Spark change the table. The rows of a commit that is under way are left alone: which of
   * the two comes last is for nobody to say.
   */
  private void change(int kind, Random random, Map<Integer, List<Object>> underWay) {
    int part = random.nextInt(40);
    String others =
        underWay.isEmpty()
            ? ""
            : " AND id NOT IN ("
                + String.join(",", underWay.keySet().stream().map(String::valueOf).toList())
                + ")";
    switch (kind) {
      case 0 -> SparkSessions.run("OPTIMIZE " + table);
      case 1 -> {
        SparkSessions.run("DELETE FROM " + table + " WHERE id % 40 = " + part + others);
        model.keySet().removeIf(id -> id % 40 == part && !underWay.containsKey(id));
      }
      case 2 -> {
        SparkSessions.run(
            "UPDATE " + table + " SET note = 'spark' WHERE id % 40 = " + part + others);
        model.replaceAll(
            (id, row) ->
                id % 40 == part && !underWay.containsKey(id)
                    ? Warehouse.row(row.get(0), "spark", row.get(2))
                    : row);
      }
      case 3 -> SparkSessions.run("ALTER TABLE " + table + " ADD COLUMNS (added" + lsn + " INT)");
      case 4 -> merge(part, others, underWay);
      // Never while a commit is under way, whose files nothing names yet.
      default -> SparkSessions.run("VACUUM " + table + " RETAIN 0 HOURS");
    }
  }

  /** Deletes, updates and inserts at once. */
  private void merge(int part, String others, Map<Integer, List<Object>> underWay) {
    SparkSessions.run(
        "MERGE INTO "
            + table
            + " t USING (SELECT CAST(id AS INT) AS id FROM range("
            + KEYS
            + ") WHERE id % 40 = "
            + part
            + others
            + ") s ON t.id = s.id WHEN MATCHED AND t.qty % 2 = 0 THEN DELETE"
            + " WHEN MATCHED THEN UPDATE SET note = 'merged'"
            + " WHEN NOT MATCHED THEN INSERT (id, name, note, qty) VALUES (s.id, 'm', 'merged', 0)");
    for (int id = part; id < KEYS; id += 40) {
      if (!underWay.containsKey(id)) {
        List<Object> old = model.get(id);
        if (old == null) {
          model.put(id, Warehouse.row("m", "merged", 0L));
        } else if ((Long) old.get(2) % 2 == 0) {
          model.remove(id);
        } else {
          model.put(id, Warehouse.row(old.get(0), "merged", old.get(2)));
        }
      }
    }
  }

  private TableBatch batch(Random random, int changes, Map<Integer, List<Object>> after) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int i = 0; i < changes; i++) {
      int id = random.nextInt(KEYS);
      if (after.containsKey(id)) {
        continue;
      }
      lsn++;
      List<Object> old = model.get(id);
      if (random.nextInt(6) == 0) {
        batch.delete(lsn, id);
        after.put(id, null);
      } else if (old != null && random.nextBoolean()) {
        batch.upsert(lsn, id, "n" + lsn, Cell.UNCHANGED, lsn);
        after.put(id, Warehouse.row("n" + lsn, old.get(1), lsn));
      } else {
        String note = "t" + lsn % 5;
        batch.upsert(lsn, id, "n" + lsn, note, lsn);
        after.put(id, Warehouse.row("n" + lsn, note, lsn));
      }
    }
    return batch.build();
  }

  private void apply(int id, List<Object> row) {
    if (row == null) {
      model.remove(id);
    } else {
      model.put(id, row);
    }
  }

  private Map<Integer, List<Object>> rows() {
    Map<Integer, List<Object>> found = new TreeMap<>();
    for (Row row : spark.sql("SELECT id, name, note, qty FROM " + table).collectAsList()) {
      List<Object> twice =
          found.put(row.getInt(0), Warehouse.row(row.get(1), row.get(2), row.get(3)));
      assertEquals(null, twice, "key " + row.getInt(0) + " is there twice");
    }
    return found;
  }
}
