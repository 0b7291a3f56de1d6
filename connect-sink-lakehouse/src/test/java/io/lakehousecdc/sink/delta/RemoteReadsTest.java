// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.RemoteStore.Request;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.maintenance.LogUpkeep;
import io.lakehousecdc.sink.delta.maintenance.Vacuum;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.ReadAheadFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** The requests that a table on a remote store is read with. */
class RemoteReadsTest {
  private static final int COMMITS = 12;

  /** One made the table. */
  private static final int ENTRIES = COMMITS + 1;

  private static final int OTHERS = 1_000;
  private static final int PATIENCE_SECONDS = 10;
  private static final Map<String, String> UNTENDED =
      Map.of(
          "delta.compaction", "false",
          "delta.checkpoint.interval", "0",
          "delta.vacuum", "false");

  private final LocalFileIO local = new LocalFileIO();
  private final RemoteStore remote = new RemoteStore();
  private final FileIO store = new ReadAheadFileIO(remote);

  @TempDir Path root;

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void openingReadsEachLogEntryOnce() {
    fill("one", COMMITS);
    assertEquals(COMMITS, open());
    assertOnce(ENTRIES, requests("GET", ".json"));
    assertEquals(1, requests("LIST", "").size(), () -> remote.requests().toString());
  }

  @Test
  void openingReadsACheckpointAndWhatFollowsItOnce() throws IOException {
    fill("one", COMMITS);
    new CheckpointWriter(local, location()).write(Duration.ofDays(7));
    update("two", 3);
    assertEquals(COMMITS + 3, open());
    // That of the checkpoint's version may be read ahead, or given up before that begins.
    List<Request> entries = new ArrayList<>(requests("GET", ".json"));
    entries.removeIf(request -> request.location().endsWith("%020d.json".formatted(COMMITS)));
    assertOnce(3, entries);
    assertOnce(1, requests("GET", ".checkpoint.parquet"));
    assertOnce(1, requests("GET", "_last_checkpoint"));
  }

  @Test
  void logEntriesAreReadInParallel() {
    fill("one", COMMITS);
    CountDownLatch all = meeting(ENTRIES, ".json");
    open();
    assertEquals(0, all.getCount());
  }

  @Test
  void deletionVectorsAreReadInParallel() {
    fill("one", COMMITS);
    update("two", COMMITS);
    CountDownLatch all = meeting(COMMITS, ".bin");
    try (Target target = open(store)) {
      PartitionOwner.of(target, Warehouse.P0);
    }
    assertEquals(0, all.getCount());
    assertOnce(COMMITS, requests("GET", ".bin"));
  }

  @Test
  void keysAreReadByOneRequestForEachFileAndInParallel() {
    fill("one", COMMITS);
    CountDownLatch all = meeting(COMMITS, ".parquet");
    try (Target target = open(store)) {
      PartitionOwner.of(target, Warehouse.P0).commit(batch("two", 1));
    }
    assertEquals(0, all.getCount());
    assertOnce(COMMITS, requests("GET", ".parquet"));
  }

  @Test
  void entryOfARemadeTableIsNotTakenFromTheCache() throws IOException {
    TableLog log = new TableLog(store, location());
    fill("one", COMMITS);
    List<FileInfo> first = settleTimes();
    TableVersion version = log.latest().orElseThrow();
    assertFalse(version.domains().isEmpty());

    drop();
    fill("two", COMMITS);
    assertEquals(first, settleTimes(), "nothing but their content tells the tables apart");

    assertFalse(log.holds(version.number(), version.entry()));
    TableVersion now = log.latest().orElseThrow();
    assertEquals(version.number(), now.number());
    assertNotEquals(version.tableId(), now.tableId());
    assertTrue(log.holds(now.number(), now.entry()));
    assertEquals(new TableLog(local, location()).latest().orElseThrow().tableId(), now.tableId());
  }

  @Test
  void tableThatWasRemadeWithAsManyCommitsIsWrittenAsItIs() throws IOException {
    fill("one", COMMITS);
    try (Target target = open(store)) {
      PartitionOwner.of(target, Warehouse.P0).commit(batch("old", 1));
      drop();
      fill("two", COMMITS + 1);
      PartitionOwner.of(target, Warehouse.P0).commit(batch("new", 7));
    }
    Map<Object, Object> names =
        new KernelReader(local)
            .rows(location()).stream()
                .collect(Collectors.toMap(row -> row.get("id"), row -> row.get("name")));
    assertEquals(2 * (COMMITS + 1), names.size());
    assertEquals("two", names.get(1));
    assertEquals("new", names.get(7));
  }

  @Test
  void compactionReadsEachFileByOneRequest() throws IOException {
    fill("one", COMMITS);
    List<Source> sources =
        local.listFrom(location() + "/part-").stream()
            .filter(file -> file.name().endsWith(".parquet"))
            .map(
                file ->
                    new Source(
                        file.name(),
                        file.location(),
                        file.size(),
                        2,
                        RoaringBitmap.bitmapOf(0, 1),
                        Optional.empty()))
            .toList();
    Compactor.Compacted merged =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                sources,
                new TableLog(local, location()).latest().orElseThrow().columns(),
                List.of(),
                location() + "/merged.parquet",
                new int[0],
                (row, values) -> {});
    assertEquals(2 * COMMITS, merged.file().rows());
    assertOnce(COMMITS, requests("GET", ".parquet"));
  }

  @Test
  void vacuumRemovesFilesByOneRequest() throws IOException {
    fill("one", 1);
    for (int i = 0; i < 50; i++) {
      Path orphan = Files.write(Path.of(location(), "part-" + i + ".parquet"), new byte[1]);
      Files.setLastModifiedTime(orphan, FileTime.fromMillis(0));
    }
    Vacuum.Removed removed =
        new Vacuum(store, location(), Duration.ofDays(7))
            .run(System.currentTimeMillis(), () -> Set.of());
    assertEquals(50, removed.files());
    assertEquals(List.of(new Request("DELETE", "50 files")), remote.requests("DELETE", ""));
  }

  @Test
  void vacuumReadsLogEntriesInParallel() throws IOException {
    fill("one", COMMITS);
    Path orphan = Files.write(Path.of(location(), "part-0.parquet"), new byte[1]);
    Files.setLastModifiedTime(orphan, FileTime.fromMillis(0));
    CountDownLatch all = meeting(ENTRIES, ".json");
    new Vacuum(store, location(), Duration.ofDays(7))
        .run(System.currentTimeMillis(), () -> Set.of());
    assertEquals(0, all.getCount());
    assertOnce(ENTRIES, requests("GET", ".json"));
  }

  @Test
  void sideFilesOfTheLogGoByOneRequest() throws IOException {
    Path log = Files.createDirectories(Path.of(location(), "_delta_log"));
    Files.write(log.resolve("%020d.json".formatted(9)), new byte[1]);
    for (int version = 0; version < 9; version++) {
      Files.write(log.resolve("%020d.crc".formatted(version)), new byte[1]);
    }
    assertEquals(9, new LogUpkeep(store, location(), Duration.ofDays(7)).removeSideFiles());
    assertEquals(List.of(new Request("DELETE", "9 files")), remote.requests("DELETE", ""));
  }

  /** Holds requests for so many files back until all of them are under way. */
  private CountDownLatch meeting(int files, String end) {
    CountDownLatch all = new CountDownLatch(files);
    Set<String> seen = ConcurrentHashMap.newKeySet();
    remote.during(
        request -> {
          if (request.kind().equals("GET")
              && request.location().startsWith(location())
              && request.location().endsWith(end)
              && seen.add(request.location())) {
            all.countDown();
            await(all);
          }
        });
    return all;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "It does not come");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Requests for files of the table. */
  private List<Request> requests(String kind, String end) {
    return remote.requests(kind, end).stream()
        .filter(request -> request.location().startsWith(location()))
        .toList();
  }

  /** Reads a version, and all that is known of it; the number of its files. */
  private int open() {
    TableVersion version = new TableLog(store, location()).latest().orElseThrow();
    List<String> files = new ArrayList<>();
    version.files(file -> files.add(file.path()));
    assertFalse(version.domains().isEmpty());
    return files.size();
  }

  private static void assertOnce(int files, List<Request> requests) {
    assertEquals(files, requests.size(), requests::toString);
    assertEquals(files, Set.copyOf(requests).size(), requests::toString);
  }

  /** Commits two rows at a time, each time into a file of its own, on the local store. */
  private void fill(String name, int commits) {
    commit(
        commits,
        id ->
            Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
                .upsert(10, id, name, null, null)
                .upsert(10, id + OTHERS, name, null, null)
                .build());
  }

  /** Changes one of the rows of each file. */
  private void update(String name, int commits) {
    commit(commits, id -> batch(name, id));
  }

  private void commit(int commits, IntFunction<TableBatch> batches) {
    try (Target target = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      for (int id = 0; id < commits; id++) {
        owner.commit(batches.apply(id));
      }
    }
  }

  private static TableBatch batch(String name, int id) {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(10, id, name, null, null).build();
  }

  private Target open(FileIO files) {
    return DeltaFixture.open(
        files, root, TableOptions.DEFAULT, new TargetContext("sink", 0), UNTENDED);
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  /** Gives all log entries times that the next table's have, too. */
  private List<FileInfo> settleTimes() throws IOException {
    List<FileInfo> log = local.listFrom(location() + "/_delta_log/0");
    for (FileInfo entry : log) {
      Files.setLastModifiedTime(Path.of(entry.location()), FileTime.fromMillis(1_700_000_000_000L));
    }
    return local.listFrom(location() + "/_delta_log/0");
  }

  private void drop() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(location()))) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
