// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another program overwrites a table: its rows go, and the sink's offsets in it stay or go. */
class ForeignOverwriteTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OVERWRITE =
      "\"operation\":\"WRITE\",\"operationParameters\":{\"mode\":\"Overwrite\"}";

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @BeforeEach
  void fill() {
    try (Target target = open("fail")) {
      PartitionOwner owner = owner(target);
      for (int i = 1; i <= 3; i++) {
        owner.commit(items().upsert(i, i, "n" + i, "t", 1L).build());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OVERWRITE,
        "\"operation\":\"WRITE\",\"operationParameters\":{\"mode\":\"Overwrite\","
            + "\"predicate\":\"[\\\"(id > 0)\\\"]\"}",
        "\"operation\":\"CREATE OR REPLACE TABLE AS SELECT\",\"operationParameters\":{}",
        "\"operation\":\"REPLACE TABLE\"",
        "\"operation\":\"CLONE\",\"operationParameters\":{}",
        "\"operation\":\"TRUNCATE\",\"operationParameters\":{}",
        "\"operation\":\"DELETE\",\"operationParameters\":{\"predicate\":\"[]\"}",
        "\"operation\":\"DELETE\",\"operationParameters\":{\"predicate\":\"[\\\"true\\\"]\"}",
        "\"operation\":\"STREAMING UPDATE\",\"operationParameters\":{\"outputMode\":\"Complete\"}"
      })
  void taskFailsAndSaysWhatToDo(String operation) throws IOException {
    overwrite(operation, Set.of());
    try (Target target = open("fail")) {
      FatalException failure = assertThrows(FatalException.class, () -> owner(target));
      assertTrue(failure.getMessage().contains("delta.on.overwrite"), failure.getMessage());
      assertTrue(failure.getMessage().contains("VERSION AS OF 3"), failure.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"operation\":\"DELETE\",\"operationParameters\":{\"predicate\":\"[\\\"(id > 0)\\\"]\"}",
        "\"operation\":\"WRITE\",\"operationParameters\":{\"mode\":\"Append\"}",
        "\"operation\":\"MERGE\",\"operationParameters\":{}",
        "\"operation\":\"OPTIMIZE\",\"operationParameters\":{}"
      })
  void changesOfSingleRowsAreNoOverwrite(String operation) throws IOException {
    overwrite(operation, Set.of());
    try (Target target = open("fail")) {
      assertEquals(3, owner(target).state().orElseThrow().nextOffset());
    }
  }

  @Test
  void runningTaskFailsAtItsNextCommit() throws IOException {
    try (Target target = open("fail")) {
      PartitionOwner owner = owner(target);
      overwrite(OVERWRITE, Set.of());
      assertThrows(FatalException.class, () -> write(owner, 4));
      assertThrows(FatalException.class, () -> write(owner, 4));
    }
    assertEquals(Set.of(), names());
  }

  @Test
  void everythingIsReadAgainWhereTheSettingSaysSo() throws IOException {
    overwrite(OVERWRITE, Set.of());
    try (Target target = open("restart")) {
      PartitionOwner owner = owner(target);
      assertEquals(0, owner.state().orElseThrow().nextOffset());
      for (int i = 1; i <= 4; i++) {
        write(owner, i);
      }
    }
    assertEquals(Set.of("n1", "n2", "n3", "n4"), names());
    try (Target target = open("fail")) {
      assertEquals(4, owner(target).state().orElseThrow().nextOffset());
    }
  }

  @Test
  void runningTaskIsFencedAndReadsAllAgain() throws IOException {
    try (Target target = open("restart")) {
      PartitionOwner owner = owner(target);
      overwrite(OVERWRITE, Set.of());
      assertThrows(FencedException.class, () -> write(owner, 4));
      assertEquals(0, owner(target).state().orElseThrow().nextOffset());
    }
  }

  @Test
  void everythingIsReadAgainWhereTheOffsetsWereRemovedToo() throws IOException {
    overwrite(OVERWRITE, latest().domains().keySet());
    try (Target target = open("restart")) {
      assertEquals(0, owner(target).state().orElseThrow().nextOffset());
    }
  }

  @Test
  void overwriteIsNoticedWhereTheOffsetsWereRemovedToo() throws IOException {
    overwrite(OVERWRITE, latest().domains().keySet());
    try (Target target = open("fail")) {
      assertThrows(FatalException.class, () -> owner(target));
    }
  }

  @Test
  void sinkGoesOnWhereTheSettingSaysSo() throws IOException {
    overwrite(OVERWRITE, Set.of());
    try (Target target = open("continue")) {
      PartitionOwner owner = owner(target);
      assertEquals(3, owner.state().orElseThrow().nextOffset());
      write(owner, 4);
    }
    assertEquals(Set.of("n4"), names());
    // It has been told and decided: what follows builds on it.
    try (Target target = open("fail")) {
      assertEquals(4, owner(target).state().orElseThrow().nextOffset());
    }
  }

  @Test
  void overwriteThatARestoreUndidIsNone() throws IOException {
    List<String> files = paths();
    overwrite(OVERWRITE, Set.of());
    StringBuilder adds = new StringBuilder();
    adds.append("{\"commitInfo\":{\"operation\":\"RESTORE\",\"operationParameters\":")
        .append("{\"version\":3,\"timestamp\":null}}}\n");
    log()
        .version(3)
        .files(
            file ->
                adds.append(
                    "{\"add\":{\"path\":\"%s\",\"partitionValues\":{},\"size\":%d,"
                            .formatted(file.path(), file.size())
                        + "\"modificationTime\":0,\"dataChange\":true,\"stats\":"
                        + text(file.stats().json())
                        + "}}\n"));
    append(adds.toString());
    assertEquals(files, paths());
    try (Target target = open("fail")) {
      assertEquals(3, owner(target).state().orElseThrow().nextOffset());
    }
  }

  private static void write(PartitionOwner owner, int i) {
    owner.commit(items().upsert(i, i, "n" + i, "t", 1L).build());
  }

  /** Removes all files, as the program would that gives this account of its commit. */
  private void overwrite(String operation, Set<String> removedDomains) throws IOException {
    StringBuilder entry =
        new StringBuilder("{\"commitInfo\":{\"timestamp\":1," + operation + "}}\n");
    latest()
        .files(
            file ->
                entry.append(
                    "{\"remove\":{\"path\":\"%s\",\"deletionTimestamp\":1,\"dataChange\":true}}\n"
                        .formatted(file.path())));
    for (String domain : removedDomains) {
      entry.append(
          "{\"domainMetadata\":{\"domain\":%s,\"configuration\":\"\",\"removed\":true}}\n"
              .formatted(text(domain)));
    }
    append(entry.toString());
  }

  private void append(String entry) throws IOException {
    store.putIfAbsent(
        log().location() + "/_delta_log/%020d.json".formatted(latest().number() + 1),
        entry.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String text(String value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> paths() {
    Map<String, Boolean> paths = new LinkedHashMap<>();
    latest().files(file -> paths.put(file.path(), true));
    return paths.keySet().stream().sorted().toList();
  }

  private TableLog log() {
    return new TableLog(store, root.resolve("shop").resolve("items").toString());
  }

  private TableVersion latest() {
    return log().latest().orElseThrow();
  }

  private Set<Object> names() {
    return new KernelReader(store)
        .rows(log().location()).stream().map(row -> row.get("name")).collect(Collectors.toSet());
  }

  private Target open(String onOverwrite) {
    return DeltaFixture.open(
        store,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of("delta.on.overwrite", onOverwrite, "delta.compaction", "false"));
  }

  private static PartitionOwner owner(Target target) {
    return PartitionOwner.of(target, Warehouse.P0);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }
}
