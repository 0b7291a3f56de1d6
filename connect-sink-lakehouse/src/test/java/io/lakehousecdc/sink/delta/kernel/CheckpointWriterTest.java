// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checkpoints of a log whose data files do not exist: nobody asks for them. */
class CheckpointWriterTest {
  private final LocalFileIO store = new LocalFileIO();
  private final Engine engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));

  @TempDir Path table;

  private TableLog log;
  private CheckpointWriter writer;
  private TableVersion version;

  @BeforeEach
  void create() throws CommitConflictException {
    create(Map.of());
  }

  private void create(Map<String, String> properties) throws CommitConflictException {
    Map<String, String> all = new TreeMap<>(properties);
    all.put("delta.feature.domainMetadata", "supported");
    String location = table.resolve("t" + all.hashCode()).toString();
    log = new TableLog(store, location);
    writer = new CheckpointWriter(store, location);
    version = log.definition().create(new StructType().add("id", LongType.LONG), all, List.of());
  }

  @Test
  void removedFilesAreInEveryCheckpointForTheRetention() throws Exception {
    commit(List.of(), List.of(file("a"), file("b")));
    commit(List.of(file("a")), List.of());
    checkpoint(Duration.ZERO);
    commit(List.of(), List.of(file("c")));
    checkpoint(Duration.ZERO);
    commit(List.of(file("b")), List.of());

    checkpoint(Duration.ZERO);

    assertEquals(List.of("c"), paths("add"));
    assertEquals(List.of("a", "b"), paths("remove"));
    assertEquals(List.of("c"), active());
  }

  @Test
  void removedFileThatWasAddedAgainIsInTheCheckpointOnce() throws Exception {
    commit(List.of(), List.of(file("a"), file("b")));
    commit(List.of(file("a"), file("b")), List.of());
    commit(List.of(), List.of(file("a")));
    checkpoint(Duration.ZERO);
    assertEquals(List.of("a"), paths("add"));
    assertEquals(List.of("b"), paths("remove"));

    commit(List.of(), List.of(file("b")));
    checkpoint(Duration.ZERO);

    assertEquals(List.of("a", "b"), paths("add"));
    assertEquals(List.of(), paths("remove"));
    assertEquals(List.of("a", "b"), active());
  }

  @Test
  void fileWithAnotherDeletionVectorIsAnotherFile() throws Exception {
    DataFile first = file("a");
    DataFile second = first.with(vector("x"), AddStatistics.of("{\"numRecords\":9}"));
    DataFile third = first.with(vector("y"), AddStatistics.of("{\"numRecords\":9}"));
    commit(List.of(), List.of(first));
    commit(List.of(first), List.of(second));
    checkpoint(Duration.ZERO);
    commit(List.of(second), List.of(third));

    checkpoint(Duration.ZERO);

    assertEquals(List.of("a"), paths("add"));
    assertEquals(List.of("a", "a"), paths("remove"));
    assertEquals(third.deletionVector(), files().get(0).deletionVector());
  }

  @Test
  void removedFilesGoAfterTheRetention() throws Exception {
    create(Map.of("delta.deletedFileRetentionDuration", "interval 0 seconds"));
    commit(List.of(), List.of(file("a"), file("b")));
    commit(List.of(file("a")), List.of());
    checkpoint(Duration.ofDays(1));
    assertEquals(List.of("a"), paths("remove"));
    commit(List.of(file("b")), List.of());

    checkpoint(Duration.ZERO);

    assertEquals(List.of(), paths("remove"));
    assertEquals(List.of(), active());
  }

  @Test
  void domainsOutliveCheckpointsAndRemovedOnesDoNot() throws Exception {
    domains(Map.of("kept", Optional.of("1"), "gone", Optional.of("2")));
    checkpoint(Duration.ZERO);
    domains(Map.of("gone", Optional.empty()));
    checkpoint(Duration.ZERO);
    domains(Map.of("later", Optional.of("3")));

    checkpoint(Duration.ZERO);

    assertEquals(Map.of("kept", "1", "later", "3"), log.latest().orElseThrow().domains());
  }

  @Test
  void logEntriesAreKeptForTheGreaterOfBothRetentions() throws Exception {
    create(Map.of("delta.logRetentionDuration", "interval 1 day"));
    for (int i = 0; i < 3; i++) {
      commit(List.of(), List.of(file("f" + i)));
    }
    checkpoint(Duration.ZERO);
    age(Duration.ofDays(3));
    commit(List.of(), List.of(file("f3")));

    checkpoint(Duration.ofDays(7));
    assertTrue(log.commitInfo(0).isPresent());
    commit(List.of(), List.of(file("f4")));
    checkpoint(Duration.ofDays(2));

    assertTrue(log.commitInfo(0).isEmpty());
    assertEquals(List.of("f0", "f1", "f2", "f3", "f4"), active());
  }

  /** Such as other writers of the table leave. */
  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void checkpointsOfEveryUsualCompressionAreRead(CompressionCodecName codec) throws Exception {
    domains(Map.of("kept", Optional.of("1")));
    commit(List.of(), List.of(file("a"), file("b")));
    TableManager.loadSnapshot(log.location())
        .build(engine)
        .writeCheckpoint(
            DefaultEngine.create(
                new KernelFileIO(store, Map.of("parquet.compression", codec.name()))));
    domains(Map.of("later", Optional.of("2")));
    for (long entry = 0; entry < version.number() - 1; entry++) {
      Files.delete(Path.of(log.location(), "_delta_log", "%020d.json".formatted(entry)));
    }

    assertEquals(List.of("a", "b"), active());
    assertEquals(Map.of("kept", "1", "later", "2"), log.latest().orElseThrow().domains());
  }

  private void age(Duration age) throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(age));
    try (var files = Files.list(Path.of(log.location(), "_delta_log"))) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, old);
      }
    }
  }

  private void commit(List<DataFile> removed, List<DataFile> added) throws CommitConflictException {
    version = log.commit(version, new NewCommit(removed, added, Map.of(), true));
  }

  private void domains(Map<String, Optional<String>> domains) throws CommitConflictException {
    version = log.commit(version, NewCommit.ofDomains(domains));
  }

  private void checkpoint(Duration retention) throws IOException {
    assertEquals(version.number(), writer.write(retention));
    version = log.latest().orElseThrow();
  }

  private static DataFile file(String path) {
    return DataFile.written(path, Map.of(), 100, 0, "{\"numRecords\":9}");
  }

  private static VectorDescriptor vector(String name) {
    return new VectorDescriptor("p", "file:/" + name + ".bin", OptionalInt.of(1), 40, 6);
  }

  private List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    log.latest().orElseThrow().files(files::add);
    return files;
  }

  /** What a reader finds that begins at the newest checkpoint. */
  private List<String> active() {
    return files().stream().map(DataFile::path).sorted().toList();
  }

  /** Paths of one kind of action in the newest checkpoint. */
  private List<String> paths(String action) throws IOException {
    String location =
        log.location() + "/_delta_log/%020d.checkpoint.parquet".formatted(version.number());
    StructType schema =
        new StructType().add(action, new StructType().add("path", StringType.STRING));
    List<String> found = new ArrayList<>();
    FileStatus file = FileStatus.of(location, Files.size(Path.of(location)), 0);
    try (var batches =
        engine
            .getParquetHandler()
            .readParquetFiles(Utils.singletonCloseableIterator(file), schema, Optional.empty())) {
      while (batches.hasNext()) {
        ColumnarBatch batch = batches.next().getData();
        ColumnVector actions = batch.getColumnVector(0);
        for (int row = 0; row < batch.getSize(); row++) {
          if (!actions.isNullAt(row)) {
            found.add(actions.getChild(0).getString(row));
          }
        }
      }
    }
    return found.stream().sorted().toList();
  }
}
