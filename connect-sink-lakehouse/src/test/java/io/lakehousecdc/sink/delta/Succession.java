// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Sinks of one warehouse, each a {@link MortalSink} that goes on where the one before it died.
 * After each death the tables have to hold what the offsets say, no more and no less.
 */
final class Succession {
  private static final int NEVER = Integer.MAX_VALUE;
  private static final int DEADLINE_SECONDS = 60;

  private final FileIO store;
  private final String root;
  private final Path log;
  private final List<String> endpoint;

  private Succession(FileIO store, String root, Path log, List<String> endpoint) {
    this.store = store;
    this.root = root;
    this.log = log;
    this.endpoint = endpoint;
  }

  /** Sinks of tables in a directory. */
  Succession(Path root) {
    this(new LocalFileIO(), root.toString(), root.resolve("log"), List.of());
  }

  /**
   * Sinks of tables in S3.
   *
   * @param root of the tables
   * @param log file that takes what the sinks log
   */
  static Succession inS3(URI endpoint, FileIO store, String root, Path log) {
    return new Succession(store, root, log, List.of(endpoint.toString()));
  }

  /**
   * The first sink of all dies at a step of making the tables, and another goes on.
   *
   * @return whether it died: not where a life has fewer steps
   */
  boolean begins(int step) throws IOException, InterruptedException {
    if (live(step) != HaltingStore.HALTED) {
      return false;
    }
    String when = "death of the first at step " + step;
    requireEqualToSource(when);
    try (Target target = MortalSink.open(store, root)) {
      MortalSink.commitNext(target);
    }
    requireEqualToSource(when + " and the next commit");
    return true;
  }

  /**
   * Lets each die some steps later than the one before, until one lives to the end.
   *
   * @param first step that the first dies at, from 1
   * @param stride steps from one to the next
   * @return number of those that died
   */
  int runs(int first, int stride) throws IOException, InterruptedException {
    assertEquals(0, live(NEVER), this::log);
    int step = first;
    int exit = live(step);
    while (exit == HaltingStore.HALTED) {
      requireEqualToSource("death at step " + step);
      step += stride;
      exit = live(step);
    }
    assertEquals(0, exit, this::log);
    requireEqualToSource("end");
    assertFalse(unneeded().isEmpty(), "nobody left anything behind");
    for (TableId table : SeededSource.TABLES) {
      MortalSink.vacuum(store, root, table);
    }
    assertEquals(Set.of(), unneeded(), "left by the vacuum");
    requireEqualToSource("vacuum");
    return (step - first) / stride;
  }

  private int live(int lastStep) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                MortalSink.class.getName(),
                root,
                Integer.toString(lastStep)));
    command.addAll(endpoint);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), this::log);
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Compares all tables with what the target says that it has applied. */
  void requireEqualToSource(String when) {
    Map<SourcePartition, LoadedPartition> loaded;
    try (Target target = MortalSink.open(store, root)) {
      loaded = target.load(Set.copyOf(SeededSource.PARTITIONS));
    }
    for (TableId table : SeededSource.TABLES) {
      LoadedPartition partition = loaded.get(SeededSource.partition(table));
      long applied =
          partition == null
              ? 0
              : partition.tablesAhead().getOrDefault(table, partition.state().nextOffset());
      assertEquals(
          SeededSource.rows(table, applied),
          rows(table),
          () -> "after " + when + ", " + table + "\n" + log());
    }
  }

  private Map<Integer, String> rows(TableId id) {
    Map<Integer, String> rows = new TreeMap<>();
    boolean exists;
    try (DeltaTable table = MortalSink.table(store, root, id)) {
      exists = table.exists();
    }
    if (exists) {
      for (Map<String, Object> row : new KernelReader(store).rows(MortalSink.location(root, id))) {
        String twice = rows.put((Integer) row.get("id"), (String) row.get("name"));
        assertEquals(null, twice, () -> id + ": two rows of key " + row.get("id"));
      }
    }
    return rows;
  }

  /** Files that the newest versions do not need: replaced ones, and remains of the dead. */
  private Set<String> unneeded() throws IOException {
    Set<String> unneeded = new TreeSet<>();
    for (TableId id : SeededSource.TABLES) {
      String location = MortalSink.location(root, id);
      if (store.exists(location + "/_delta_log")) {
        try (DeltaTable table = MortalSink.table(store, root, id)) {
          Set<String> active = MortalSink.active(store, table, location);
          store.walk(
              location,
              file -> {
                boolean ofLog = file.location().contains("/_delta_log/") && !store.isPartial(file);
                if (!ofLog && !active.contains(file.location())) {
                  unneeded.add(file.location());
                }
              });
        }
      }
    }
    return unneeded;
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }
}
