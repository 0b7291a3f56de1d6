// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.transaction.DataLayoutSpec;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that another program has clustered by the column {@code note}. */
class ClusteredTableTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 8;

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clusteredFileStaysOneWhenItLosesRows(boolean rowTracking) throws IOException {
    create(rowTracking);
    try (Target target = open(DroppedColumns.KEEP, Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, ROWS);
      cluster();
      // The running task has read it from the log entry of the other program.
      write(owner, 2, 1, 1);
      assertEquals(List.of("liquid", "none"), providers());
    }
    new CheckpointWriter(store, location()).write(Duration.ofDays(1));
    try (Target target = open(DroppedColumns.KEEP, Map.of())) {
      // The one that starts now reads it from the checkpoint.
      write(PartitionOwner.of(target, Warehouse.P0), 3, 2, 2);
      assertEquals(List.of("liquid", "none", "none"), providers());
    }
    assertEquals(ROWS, names().size());
    assertEquals(
        Optional.of("z"),
        files().stream()
            .filter(file -> file.clusteringProvider().isPresent())
            .map(file -> file.tags().get("ZCUBE_ID"))
            .findFirst());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void compactionLeavesWhatIsClusteredUnlessMostOfItsRowsAreGone(boolean sparse)
      throws IOException {
    create(false);
    int commits = 1;
    try (Target target = open(DroppedColumns.KEEP, Map.of("delta.compaction", "true"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, commits, 1, ROWS);
      cluster();
      if (sparse) {
        write(owner, ++commits, 2, ROWS);
      }
      while (target.gauges().get("delta-compactions").getAsLong() == 0) {
        write(owner, ++commits, 100 + commits, 100 + commits);
        assertTrue(commits < 500, "no compaction");
      }
    }
    assertEquals(sparse ? 0 : 1, providers().stream().filter("liquid"::equals).count());
    assertTrue(names().contains("1-1"));
  }

  @ParameterizedTest
  @EnumSource(DroppedColumns.class)
  void clusteringColumnThatTheSourceDropsStays(DroppedColumns dropped) throws IOException {
    create(false);
    try (Target target = open(dropped, Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 1, 2);
      for (int id = 2; id <= 3; id++) {
        owner.commit(
            Batches.batch(
                    Warehouse.ITEMS,
                    Batches.schema(
                        1,
                        Batches.required("id", Primitive.INT32),
                        Batches.required("name", Primitive.TEXT),
                        Batches.optional("qty", Primitive.INT64)))
                .upsert(5_000 + id, id, "dropped", 1L)
                .seen("shop", 5_000, 5_000 + id, "id", "name", "qty")
                .build());
      }
      write(owner, 9, 4, 4);
    }
    assertEquals(Set.of("1-1", "dropped", "9-4"), names());
    assertTrue(
        new TableLog(store, location()).latest().orElseThrow().schema().indexOf("note") >= 0);
  }

  private void create(boolean rowTracking) {
    Map<String, String> properties = new HashMap<>();
    properties.put("delta.columnMapping.mode", "name");
    properties.put("delta.enableDeletionVectors", "true");
    properties.put("delta.feature.domainMetadata", "supported");
    if (rowTracking) {
      properties.put("delta.enableRowTracking", "true");
    }
    Engine engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
    StructType columns =
        new StructType()
            .add("id", IntegerType.INTEGER)
            .add("name", StringType.STRING)
            .add("note", StringType.STRING)
            .add("qty", LongType.LONG);
    TableManager.buildCreateTableTransaction(location(), columns, "other")
        .withTableProperties(properties)
        .withDataLayoutSpec(DataLayoutSpec.clustered(List.of(new Column("note"))))
        .build(engine)
        .commit(engine, CloseableIterable.emptyIterable());
  }

  /** Adds the file of the last commit once more, as a program does that has clustered it. */
  private void cluster() throws IOException {
    long version = new TableLog(store, location()).latest().orElseThrow().number();
    StringBuilder entry = new StringBuilder("{\"commitInfo\":{\"operation\":\"OPTIMIZE\"}}\n");
    for (String line : Files.readAllLines(entry(version))) {
      JsonNode action = JSON.readTree(line);
      if (action.get("add") instanceof ObjectNode add) {
        add.put("clusteringProvider", "liquid").put("dataChange", false);
        add.putObject("tags").put("ZCUBE_ID", "z");
        entry.append(action).append('\n');
      }
    }
    store.putIfAbsent(
        entry(version + 1).toString(), entry.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Path entry(long version) {
    return Path.of(location(), "_delta_log", "%020d.json".formatted(version));
  }

  private List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    new TableLog(store, location()).latest().orElseThrow().files(files::add);
    return files;
  }

  private List<String> providers() {
    return files().stream().map(file -> file.clusteringProvider().orElse("none")).sorted().toList();
  }

  private Set<Object> names() {
    return new KernelReader(store)
        .rows(location()).stream().map(row -> row.get("name")).collect(Collectors.toSet());
  }

  private static void write(PartitionOwner owner, int commit, int first, int last) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = first; id <= last; id++) {
      batch.upsert(commit * 1_000 + id, id, commit + "-" + id, "t", 1L);
    }
    owner.commit(batch.seen("shop", 1, commit * 1_000 + last, "id", "name", "note", "qty").build());
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private Target open(DroppedColumns dropped, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(Map.of("delta.compaction", "false"));
    all.putAll(settings);
    TableOptions options =
        new TableOptions(
            WriteMode.UPSERT,
            DeleteMode.HARD,
            Evolution.ADDITIVE,
            dropped,
            MetadataColumns.DEFAULT,
            Optional.empty());
    return DeltaFixture.open(store, root, options, new TargetContext("sink", 0), all);
  }
}
