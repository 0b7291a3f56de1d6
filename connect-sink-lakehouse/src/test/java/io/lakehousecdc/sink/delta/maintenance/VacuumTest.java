// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VacuumTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final Duration OLD = Duration.ofDays(8);
  private static final Duration RECENT = Duration.ofDays(1);

  private static final int MANY = 300;

  private final LocalFileIO store = new LocalFileIO();
  private final CountingStore counting = new CountingStore(store);

  @TempDir Path table;

  @BeforeEach
  void firstCommit() throws IOException {
    commit(0, OLD.multipliedBy(2), "{\"protocol\":{}}");
  }

  @Test
  void unreferencedOldFilesGo() throws IOException {
    file("part-orphan.parquet", OLD);
    file("deletion_vector_" + UUID.randomUUID() + ".bin", OLD);
    file("sub/part-orphan.parquet", OLD);
    file(".partial-1", OLD);
    file("_delta_log/.partial-2", OLD);

    assertEquals(5, run(Set.of()).files());
    assertEquals(Set.of(), left());
  }

  @Test
  void tablesBelowAreLeftAlone() throws IOException {
    Set<String> others =
        Set.of(
            "items/part-a.parquet",
            "items/day=1/deletion_vector_" + UUID.randomUUID() + ".bin",
            "items/_delta_log/00000000000000000000.checkpoint.parquet",
            "items/_delta_log/.partial-1",
            "deep/er/part-b.parquet",
            "deep/er/_delta_log/00000000000000000003.crc");
    for (String other : others) {
      file(other, OLD);
    }
    file("item/part-orphan.parquet", OLD);
    file("items2/part-orphan.parquet", OLD);
    file("deep/part-orphan.parquet", OLD);

    assertEquals(3, run(Set.of()).files());
    assertEquals(others, left());
  }

  @Test
  void recentFilesStay() throws IOException {
    file("part-being-committed.parquet", RECENT);
    file(".partial-1", RECENT);

    assertEquals(0, run(Set.of()).files());
  }

  @Test
  void activeFilesStayHoweverOld() throws IOException {
    file("part-active.parquet", OLD);

    run(Set.of("part-active.parquet"));

    assertEquals(Set.of("part-active.parquet"), left());
  }

  @Test
  void filesRemovedWithinTheRetentionStayAndOthersGo() throws IOException {
    file("part-removed lately.parquet", OLD.multipliedBy(2));
    file("part-removed-long-ago.parquet", OLD.multipliedBy(2));
    commit(1, OLD, remove("part-removed-long-ago.parquet", null));
    commit(2, RECENT, remove("part-removed%20lately.parquet", null));

    run(Set.of());

    assertEquals(Set.of("part-removed lately.parquet"), left());
  }

  @Test
  void supersededDeletionVectorStaysForTheRetention() throws IOException {
    UUID lately = UUID.randomUUID();
    UUID longAgo = UUID.randomUUID();
    UUID nested = UUID.randomUUID();
    file("deletion_vector_" + lately + ".bin", OLD.multipliedBy(2));
    file("ab/deletion_vector_" + nested + ".bin", OLD.multipliedBy(2));
    file("deletion_vector_" + longAgo + ".bin", OLD.multipliedBy(2));
    file("part-a.parquet", OLD.multipliedBy(2));
    commit(1, OLD, remove("part-a.parquet", Base85Codec.encodeUUID(longAgo)));
    commit(
        2,
        RECENT,
        remove("part-a.parquet", Base85Codec.encodeUUID(lately))
            + "\n"
            + remove("part-a.parquet", "ab" + Base85Codec.encodeUUID(nested)));

    run(Set.of("part-a.parquet"));

    assertEquals(
        Set.of(
            "part-a.parquet",
            "deletion_vector_" + lately + ".bin",
            "ab/deletion_vector_" + nested + ".bin"),
        left());
  }

  @Test
  void nothingGoesWhereTheLogDoesNotReachBack() throws IOException {
    Files.delete(table.resolve("_delta_log/" + String.format("%020d.json", 0)));
    commit(5, RECENT, "{\"protocol\":{}}");
    file("part-orphan.parquet", OLD);

    assertEquals(0, run(Set.of()).files());
    assertEquals(Set.of("part-orphan.parquet"), left());
  }

  @Test
  void logIsNotReadWhereNothingCanGo() throws IOException {
    file("part-active.parquet", OLD);
    file("part-new.parquet", RECENT);
    commit(1, RECENT, remove("part-a.parquet", null));

    run(Set.of("part-active.parquet"));

    assertEquals(0, counting.opened);
  }

  @Test
  void logEntriesAreReadOnce() throws IOException {
    file("part-orphan.parquet", OLD);
    file("part-a.parquet", OLD);
    commit(1, RECENT, remove("part-a.parquet", null));
    RemovedFiles removed = Vacuum.removedFiles(counting, table.toString());
    assertEquals(1, run(removed).files());
    assertEquals(1, counting.opened);

    file("part-b.parquet", OLD);
    commit(2, RECENT, remove("part-b.parquet", null));
    assertEquals(0, run(removed).files());

    assertEquals(2, counting.opened);
    assertEquals(Set.of("part-a.parquet", "part-b.parquet"), left());
  }

  @Test
  void filesGoOnceTheirRemovalIsOlderThanTheRetention() throws IOException {
    file("part-a.parquet", OLD);
    commit(1, RECENT, remove("part-a.parquet", null));
    RemovedFiles removed = Vacuum.removedFiles(store, table.toString());
    assertEquals(0, run(removed).files());

    Vacuum later = new Vacuum(store, table.toString(), RETENTION, removed);
    assertEquals(1, later.run(NOW + RETENTION.multipliedBy(2).toMillis(), Set::of).files());
  }

  @Test
  void longerRetentionReadsTheLogAgain() throws IOException {
    file("part-a.parquet", RETENTION.multipliedBy(4));
    commit(1, RETENTION.multipliedBy(2), remove("part-a.parquet", null));
    commit(2, RECENT, "{\"protocol\":{}}");
    file("part-orphan.parquet", OLD);
    RemovedFiles removed = Vacuum.removedFiles(store, table.toString());
    Vacuum longer = new Vacuum(store, table.toString(), RETENTION.multipliedBy(3), removed);
    Vacuum shorter = new Vacuum(store, table.toString(), RETENTION, removed);
    assertEquals(1, shorter.run(NOW, () -> Set.of(table + "/part-a.parquet")).files());

    assertEquals(0, longer.run(NOW, Set::of).files());
    assertEquals(Set.of("part-a.parquet"), left());
  }

  @Test
  void nextProcessGoesOnWhereTheLogWasRead() throws IOException {
    manyCommits();
    assertEquals(0, run(Vacuum.removedFiles(counting, table.toString())).files());
    int read = counting.opened;

    file("part-late.parquet", OLD);
    commit(MANY + 1, RECENT, remove("part-late.parquet", null));
    assertEquals(0, run(Vacuum.removedFiles(counting, table.toString())).files());

    // What was kept, and the one entry that has come since.
    assertEquals(read + 2, counting.opened);
    assertEquals(Set.of("part-a.parquet", "part-late.parquet"), left());
  }

  @Test
  void whatWasKeptOfATableDoesNotCountForOneMadeAnewInItsPlace() throws IOException {
    manyCommits();
    run(Vacuum.removedFiles(store, table.toString()));
    file("part-b.parquet", OLD);
    for (int version = 1; version <= MANY; version++) {
      commit(version, RECENT.dividedBy(2), remove("part-b.parquet", null));
    }

    run(Vacuum.removedFiles(store, table.toString()));

    assertEquals(Set.of("part-b.parquet"), left());
  }

  @Test
  void fileThatIsKeptHalfOrDamagedIsReadAnew() throws IOException {
    manyCommits();
    run(Vacuum.removedFiles(store, table.toString()));
    Path kept = table.resolve("_delta_log/_lakehousecdc_removed");
    byte[] content = Files.readAllBytes(kept);
    content[content.length / 2]++;
    Files.write(kept, content);

    run(Vacuum.removedFiles(store, table.toString()));

    assertEquals(Set.of("part-a.parquet"), left());
  }

  /** Of which each removes the same file. */
  private void manyCommits() throws IOException {
    file("part-a.parquet", OLD);
    for (int version = 1; version <= MANY; version++) {
      commit(version, RECENT, remove("part-a.parquet", null));
    }
  }

  private Vacuum.Removed run(RemovedFiles removed) throws IOException {
    return new Vacuum(counting, table.toString(), RETENTION, removed).run(NOW, Set::of);
  }

  private static final class CountingStore extends ForwardingFileIO {
    private int opened;

    CountingStore(FileIO store) {
      super(store);
    }

    @Override
    public FileInput open(String location) throws IOException {
      opened++;
      return super.open(location);
    }
  }

  @Test
  void filesOfOtherKindsStay() throws IOException {
    Set<String> others =
        Set.of("README.md", "_other/x.parquet", "_delta_log/x.parquet", ".hidden.parquet");
    for (String other : others) {
      file(other, OLD);
    }

    run(Set.of());

    assertEquals(others, left());
  }

  @Test
  void locationsOfDeletionVectorsAreThoseThatKernelFinds() {
    FileNames names = new FileNames(store, table.toString());
    for (String prefix : List.of("", "ab")) {
      for (UUID id : List.of(new UUID(0, 0), new UUID(-1, -1), UUID.randomUUID())) {
        String encoded = prefix + Base85Codec.encodeUUID(id);
        String kernels =
            new DeletionVectorDescriptor("u", encoded, Optional.of(1), 40, 6)
                .getAbsolutePath(table.toString());

        assertEquals(Optional.of(store.resolve(kernels)), names.vector("u", encoded));
      }
    }
    assertEquals(Optional.empty(), names.vector("i", "anything"));
    assertEquals(Optional.of("/a b/c.bin"), names.vector("p", "file:/a%20b/c.bin"));
  }

  private Vacuum.Removed run(Set<String> active) throws IOException {
    Set<String> locations = new TreeSet<>();
    active.forEach(name -> locations.add(table + "/" + name));
    return new Vacuum(counting, table.toString(), RETENTION).run(NOW, () -> locations);
  }

  private static String remove(String path, String vector) {
    String deletionVector =
        vector == null
            ? ""
            : ",\"deletionVector\":{\"storageType\":\"u\",\"pathOrInlineDv\":\""
                + vector.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\",\"offset\":1,\"sizeInBytes\":40,\"cardinality\":6}";
    return "{\"remove\":{\"path\":\"" + path + "\",\"dataChange\":true" + deletionVector + "}}";
  }

  private void commit(int version, Duration age, String actions) throws IOException {
    String name = "_delta_log/" + String.format("%020d.json", version);
    file(name, age);
    Files.writeString(table.resolve(name), actions + "\n");
    age(table.resolve(name), age);
  }

  private void file(String name, Duration age) throws IOException {
    Path file = table.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "content");
    age(file, age);
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(NOW - age.toMillis()));
  }

  /** Files left, commits aside. */
  private Set<String> left() throws IOException {
    try (var files = Files.walk(table)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> table.relativize(file).toString())
          .filter(name -> !name.endsWith(".json") && !name.endsWith("_lakehousecdc_removed"))
          .collect(Collectors.toSet());
    }
  }
}
