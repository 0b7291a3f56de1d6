// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of which columns files have statistics, and what the sink makes of files without. */
class IndexedStatisticsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TableId WIDE = new TableId("shop", "wide");
  private static final String PROPERTY = "delta.table.properties.delta.";
  private static final List<String> POSITION =
      Stream.of(
              MetadataColumns.DEFAULT.epoch(),
              MetadataColumns.DEFAULT.commitLsn(),
              MetadataColumns.DEFAULT.lsn())
          .toList();

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "dataSkippingNumIndexedCols, 3, 3",
        "dataSkippingNumIndexedCols, 0, 0",
        "dataSkippingNumIndexedCols, -1, 40",
        "appendOnly, false, 32",
      })
  void asManyColumnsAsTheTableWantsHaveStatistics(String property, String value, int columns)
      throws IOException {
    try (Target target = open(Map.of(PROPERTY + property, value))) {
      writeWide(target);
    }
    Set<String> expected = new TreeSet<>(POSITION);
    IntStream.range(0, columns).forEach(i -> expected.add("c" + i));
    if (columns == 40) {
      expected.addAll(List.of(MetadataColumns.DEFAULT.op(), MetadataColumns.DEFAULT.ts()));
    }
    assertEquals(expected, withStatistics(WIDE, "nullCount"));
    assertTrue(expected.containsAll(withStatistics(WIDE, "minValues")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {"~C7,`c12`~, c12 c7", "~ c1 , nowhere,,c2.field ~, c1 c2", "~~, ~~"})
  void columnsThatTheTableNamesHaveStatistics(String names, String columns) throws IOException {
    try (Target target = open(Map.of(PROPERTY + "dataSkippingStatsColumns", names))) {
      writeWide(target);
    }
    Set<String> expected = new TreeSet<>(POSITION);
    if (!columns.isEmpty()) {
      expected.addAll(List.of(columns.split(" ")));
    }
    assertEquals(expected, withStatistics(WIDE, "nullCount"));
  }

  @Test
  void fileThatIsAddedAgainKeepsStatisticsOfIndexedColumnsOnly() throws IOException {
    try (Target target = open(Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(wide().upsert(1, wideRow(1)).upsert(2, wideRow(2)).build());
      setProperty(WIDE, "delta.dataSkippingNumIndexedCols", "2");
      owner.commit(wide().delete(3, 1).build());
    }
    List<String> statistics = new ArrayList<>();
    TableVersion version = log(WIDE).latest().orElseThrow();
    version.files(
        file -> {
          assertTrue(file.deletionVector().isPresent());
          assertEquals(2, file.stats().tree().path("numRecords").asInt());
          file.stats().tree().path("nullCount").fieldNames().forEachRemaining(statistics::add);
        });
    Set<String> expected = new TreeSet<>(POSITION);
    expected.addAll(List.of("c0", "c1"));
    assertEquals(expected, displayNames(version, statistics));
  }

  @Test
  void columnThatIsDroppedIsNoLongerNamed() {
    Map<String, String> settings = Map.of(PROPERTY + "dataSkippingStatsColumns", "name,note,QTY");
    try (Target target = open(settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          items()
              .upsert(1, 1, "a", "t", 1L)
              .seen("shop", 1, 1, "id", "name", "note", "qty")
              .build());
      owner.commit(
          Batches.batch(
                  Warehouse.ITEMS,
                  Batches.schema(
                      1,
                      Batches.required("id", Primitive.INT32),
                      Batches.required("name", Primitive.TEXT),
                      Batches.optional("qty", Primitive.INT64)))
              .upsert(2, 2, "b", 2L)
              .seen("shop", 2, 2, "id", "name", "qty")
              .build());
    }
    assertEquals(-1, log(Warehouse.ITEMS).latest().orElseThrow().schema().indexOf("note"));
    assertEquals(
        "name,QTY",
        log(Warehouse.ITEMS)
            .latest()
            .orElseThrow()
            .properties()
            .get("delta.dataSkippingStatsColumns"));
  }

  @Test
  void positionsOfRowsAreRespectedWhereFilesTellNothingOfThem() throws IOException {
    try (Target target = open(Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(100, 1, "a", "t", 1L).upsert(200, 2, "b", "t", 1L).build());
      forgetStatistics();
      CommitReceipt receipt =
          owner.commit(
              items().upsert(150, 1, "newer", "t", 1L).upsert(151, 2, "x", "t", 1L).build());
      assertEquals(1, receipt.skips().total());
    }
    forgetStatistics();
    try (Target target = open(Map.of())) {
      CommitReceipt receipt =
          PartitionOwner.of(target, Warehouse.P0)
              .commit(
                  items().upsert(120, 1, "x", "t", 1L).upsert(201, 2, "newer", "t", 1L).build());
      assertEquals(1, receipt.skips().total());
    }
    assertEquals(
        List.of("newer", "newer"),
        new KernelReader(store)
            .rows(log(Warehouse.ITEMS).location()).stream().map(row -> row.get("name")).toList());
  }

  /** Adds the files once more without statistics, as other writers do by their settings. */
  private void forgetStatistics() throws IOException {
    TableLog log = log(Warehouse.ITEMS);
    long version = log.latest().orElseThrow().number();
    StringBuilder entry = new StringBuilder("{\"commitInfo\":{\"operation\":\"OTHER\"}}\n");
    for (String line : Files.readAllLines(entry(log, version))) {
      JsonNode action = JSON.readTree(line);
      if (action.get("add") instanceof ObjectNode add && !add.has("deletionVector")) {
        add.put("dataChange", false).remove("stats");
        entry.append(action).append('\n');
      }
    }
    store.putIfAbsent(
        entry(log, version + 1).toString(), entry.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Sets a property of a table, as another writer does. */
  private void setProperty(TableId table, String name, String value) throws IOException {
    TableLog log = log(table);
    for (String line : Files.readAllLines(entry(log, 0))) {
      JsonNode action = JSON.readTree(line);
      if (action.has("metaData")) {
        ((ObjectNode) action.get("metaData").get("configuration")).put(name, value);
        store.putIfAbsent(
            entry(log, log.latest().orElseThrow().number() + 1).toString(),
            ("{\"commitInfo\":{\"operation\":\"SET TBLPROPERTIES\"}}\n" + action + "\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static Path entry(TableLog log, long version) {
    return Path.of(log.location(), "_delta_log", "%020d.json".formatted(version));
  }

  private static void writeWide(Target target) {
    PartitionOwner.of(target, Warehouse.P0).commit(wide().upsert(1, wideRow(1)).build());
  }

  private static Batches wide() {
    Column[] columns =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    i == 0
                        ? Batches.required("c0", Primitive.INT32)
                        : Batches.optional("c" + i, Primitive.TEXT))
            .toArray(Column[]::new);
    return Batches.batch(WIDE, Batches.schema(1, columns));
  }

  private static Object[] wideRow(int id) {
    Object[] row = new Object[40];
    row[0] = id;
    row[1] = "x";
    return row;
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  /** Display names of the columns of which the files of a table have a kind of statistics. */
  private Set<String> withStatistics(TableId table, String kind) {
    TableVersion version = log(table).latest().orElseThrow();
    List<JsonNode> statistics = new ArrayList<>();
    version.files(file -> statistics.add(file.stats().tree()));
    List<String> found = new ArrayList<>();
    for (JsonNode one : statistics) {
      assertEquals(1, one.path("numRecords").asInt());
      one.path(kind).fieldNames().forEachRemaining(found::add);
    }
    return displayNames(version, found);
  }

  private static Set<String> displayNames(TableVersion version, List<String> physicalNames) {
    Map<String, String> names = new HashMap<>();
    for (DeltaColumn column : version.columns()) {
      names.put(column.physicalName(), column.name());
    }
    Set<String> found = new TreeSet<>();
    physicalNames.forEach(name -> found.add(names.get(name)));
    return found;
  }

  private TableLog log(TableId table) {
    return new TableLog(store, root.resolve(table.schema()).resolve(table.name()).toString());
  }

  private Target open(Map<String, String> settings) {
    Map<String, String> all =
        new HashMap<>(Map.of("delta.compaction", "false", "delta.checkpoint.interval", "0"));
    all.putAll(settings);
    TableOptions options =
        new TableOptions(
            WriteMode.UPSERT,
            DeleteMode.HARD,
            Evolution.ADDITIVE,
            DroppedColumns.DROP,
            MetadataColumns.DEFAULT,
            Optional.empty());
    return DeltaFixture.open(store, root, options, new TargetContext("sink", 0), all);
  }
}
