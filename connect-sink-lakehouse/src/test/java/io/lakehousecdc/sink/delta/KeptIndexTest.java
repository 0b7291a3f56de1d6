// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.IndexSettings;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key index that is kept over restarts is right whatever was done to the table, or to it. */
class KeptIndexTest {
  private static final int ROWS = 50;
  private static final int UPDATED = 4;
  private static final int FILES = 1 + UPDATED;

  @TempDir Path root;
  @TempDir Path index;

  private final LocalFileIO local = new LocalFileIO();
  private final AtomicInteger opened = new AtomicInteger();
  private final ForwardingFileIO counting =
      new ForwardingFileIO(local) {
        @Override
        public FileInput open(String location) throws IOException {
          if (location.endsWith(".parquet") && !location.contains("/_delta_log/")) {
            opened.incrementAndGet();
          }
          return super.open(location);
        }
      };
  private final Map<Integer, String> model = new TreeMap<>();
  private long lsn = 1;

  @Test
  void restartOpensNoFileForKeysThatAreKept() throws IOException {
    fill();
    opened.set(0);

    write(keeping(), 3, "new");

    assertEquals(0, opened.get());
    assertRows();
  }

  @Test
  void withoutADirectoryNothingIsKept() throws IOException {
    inTask(Map.of(), 0, "first", ROWS);
    opened.set(0);

    write(Map.of(), 3, "new");

    assertEquals(1, opened.get());
    assertEquals(List.of(), kept());
  }

  @Test
  void keysOfFilesThatOthersHaveAddedAreReadAndNoMore() throws IOException {
    fill();
    inTask(Map.of(), ROWS, "others", 10);
    write(Map.of(), 5, "others");
    opened.set(0);

    write(keeping(), ROWS + 3, "new");
    write(keeping(), 5, "new");

    assertEquals(2, opened.get());
    assertRows();
  }

  @Test
  void rowsThatOthersRearrangeOrDeleteAreFoundWhereTheyAre() throws IOException {
    fill();
    ForeignWriter foreign = foreign();
    foreign.optimize(new Random(1));
    foreign.delete("id", id -> (Integer) id % 3 == 0);
    model.keySet().removeIf(id -> id % 3 == 0);
    write(keeping(), 3, "again");
    write(keeping(), 4, "new");
    foreign.delete("id", id -> (Integer) id == 5);
    model.remove(5);

    write(keeping(), 5, "again");
    write(keeping(), 7, "new");

    assertRows();
  }

  /** Rows that were deleted, and so absent from what was kept, are part of the table again. */
  @Test
  void rowsThatCameBackAreFound() throws IOException {
    fill();
    long before = foreign().version();
    Map<Integer, String> then = new HashMap<>(model);
    try (Target target = open(keeping())) {
      for (int id = 0; id < 10; id++) {
        write(target, id, "later");
      }
    }
    foreign().restore(before);
    model.clear();
    model.putAll(then);

    try (Target target = open(keeping())) {
      for (int id = 0; id < 20; id++) {
        write(target, id, "new");
      }
    }

    assertRows();
  }

  @Test
  void indexOfATableThatWasDroppedAndMadeAnewIsDiscarded() throws IOException {
    fill();
    try (Stream<Path> files = Files.walk(root.resolve("shop"))) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
    model.clear();
    inTask(Map.of(), 100, "anew", ROWS);
    write(keeping(), 7, "new");
    write(keeping(), 107, "new");

    assertRows();
  }

  /** As from a backup of the disk. */
  @Test
  void indexOfANewerVersionThanTheTableIsDiscarded() throws IOException {
    fill();
    Path log = root.resolve("shop").resolve("items").resolve("_delta_log");
    long before = foreign().version();
    Map<Integer, String> then = new HashMap<>(model);
    write(keeping(), 3, "lost");
    for (long version = before + 1; version <= foreign().version(); ) {
      Files.delete(log.resolve(String.format("%020d.json", foreign().version())));
    }
    model.clear();
    model.putAll(then);

    write(keeping(), 3, "new");
    write(keeping(), 4, "new");

    assertRows();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.6, 0.97, 1})
  void truncatedFileIsDiscarded(double part) throws IOException {
    fill();
    byte[] whole = Files.readAllBytes(onlyFile());
    int length = (int) Math.min(whole.length - 1, part * whole.length);
    Files.write(onlyFile(), Arrays.copyOf(whole, length));
    opened.set(0);

    write(keeping(), 3, "new");

    assertEquals(FILES, opened.get());
    assertRows();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 0.97, 0.99, 0.999})
  void damagedFileIsDiscarded(double place) throws IOException {
    fill();
    byte[] damaged = Files.readAllBytes(onlyFile());
    damaged[(int) (place * damaged.length)] ^= 4;
    Files.write(onlyFile(), damaged);
    opened.set(0);

    write(keeping(), 3, "new");

    assertEquals(FILES, opened.get());
    assertRows();
    assertFalse(Arrays.equals(damaged, Files.readAllBytes(onlyFile())));
  }

  @Test
  void indexOfOtherKeyColumnsIsDiscarded() throws IOException {
    fill();
    RowSchema other = new RowSchema(Warehouse.ITEM.columns(), List.of(1));
    try (Target target = open(keeping())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          Batches.batch(Warehouse.ITEMS, other)
              .change(
                  new RowChange.Upsert(
                      RowKey.of("first 30"),
                      new Object[] {30, "first 30", "by name", null},
                      Batches.info(Operation.UPDATE, Batches.at(++lsn))))
              .build());
    }
    write(keeping(), 3, "by id");
    write(keeping(), 30, "by id");

    assertRows();
  }

  @Test
  void deathWhileItIsWrittenLeavesTheFormerOne() throws IOException {
    fill();
    Path partial = Files.writeString(index.resolve(onlyFile().getFileName() + "-1.keys.tmp"), "x");
    opened.set(0);

    write(keeping(), 3, "new");

    assertEquals(0, opened.get());
    assertTrue(Files.exists(partial));
  }

  @Test
  void whatNobodyUsesIsRemoved() throws IOException {
    fill();
    Path used = onlyFile();
    Path dropped = old(Files.writeString(index.resolve("dropped-1.keys"), "x"), 31);
    Path partial = old(Files.writeString(index.resolve("items-1.keys.tmp"), "x"), 2);
    Path fresh = old(Files.writeString(index.resolve("other-1.keys"), "x"), 29);
    Path others = old(Files.writeString(index.resolve("readme.txt"), "x"), 100);

    open(keeping()).close();

    assertTrue(Files.exists(used));
    assertTrue(Files.exists(fresh));
    assertTrue(Files.exists(others));
    assertFalse(Files.exists(dropped));
    assertFalse(Files.exists(partial));
  }

  @Test
  void failureToKeepItIsCountedAndHurtsNobody() throws IOException {
    Path gone = Files.createDirectory(index.resolve("gone"));
    Target target = open(Map.of(IndexSettings.DIRECTORY, gone.toString()));
    write(target, 1, "first");
    Files.delete(gone);
    Files.createFile(gone);

    target.close();
    write(Map.of(), 1, "new");

    assertRows();
  }

  @Test
  void tasksThatShareADirectoryEachFindWhatFits() throws IOException {
    try (Target first = open(keeping());
        Target second = open(keeping())) {
      for (int id = 0; id < 40; id++) {
        write(id % 2 == 0 ? first : second, id % 10, "v" + id);
      }
    }
    assertEquals(1, kept().size());
    opened.set(0);

    write(keeping(), 4, "new");

    assertRows();
  }

  private static Path old(Path file, int days) throws IOException {
    long then = System.currentTimeMillis() - Duration.ofDays(days).toMillis();
    return Files.setLastModifiedTime(file, FileTime.fromMillis(then));
  }

  private void fill() {
    try (Target target = open(keeping())) {
      insert(target, 0, "first", ROWS);
      for (int id = 0; id < UPDATED; id++) {
        write(target, id, "second");
      }
    }
  }

  private void inTask(Map<String, String> settings, int from, String name, int rows) {
    try (Target target = open(settings)) {
      insert(target, from, name, rows);
    }
  }

  private void insert(Target target, int from, String name, int rows) {
    lsn++;
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = from; id < from + rows; id++) {
      batch.upsert(lsn, id, name + " " + id, null, null);
      model.put(id, name + " " + id);
    }
    PartitionOwner.of(target, Warehouse.P0).commit(batch.build());
  }

  private void write(Map<String, String> settings, int id, String name) {
    try (Target target = open(settings)) {
      write(target, id, name);
    }
  }

  private void write(Target target, int id, String name) {
    lsn++;
    PartitionOwner.of(target, Warehouse.P0)
        .commit(
            Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
                .upsert(lsn, id, name, null, null)
                .build());
    model.put(id, name);
  }

  private Target open(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("delta.compaction", "false");
    return DeltaFixture.open(
        counting, root, TableOptions.DEFAULT, new TargetContext("sink", 0), all);
  }

  private Map<String, String> keeping() {
    return Map.of(IndexSettings.DIRECTORY, index.toString());
  }

  private ForeignWriter foreign() {
    return new ForeignWriter(local, root.resolve("shop").resolve("items").toString());
  }

  private Path onlyFile() throws IOException {
    assertEquals(1, kept().size());
    return kept().get(0);
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(index)) {
      return files.filter(file -> file.toString().endsWith(".keys")).toList();
    }
  }

  private void assertRows() {
    Map<Integer, String> found = new TreeMap<>();
    int count = 0;
    for (Map<String, Object> row :
        new KernelReader(local).rows(root.resolve("shop").resolve("items").toString())) {
      found.put((Integer) row.get("id"), (String) row.get("name"));
      count++;
    }
    assertEquals(model, found);
    assertEquals(model.size(), count, "keys twice");
  }
}
