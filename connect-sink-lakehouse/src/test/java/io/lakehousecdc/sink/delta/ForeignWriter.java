// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.snapshot.KeySource;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.roaringbitmap.RoaringBitmap;

/** Another program at work on a table: rearranges its files, or deletes rows. */
final class ForeignWriter {
  private final FileIO store;
  private final String location;
  private final TableLog log;
  private final RowFiles rowFiles;
  private final DeletionVectors vectors;

  ForeignWriter(FileIO store, String location) {
    this.store = store;
    this.location = location;
    this.log = new TableLog(store, location);
    this.rowFiles = new RowFiles(store, WriteOptions.DEFAULT);
    this.vectors = new DeletionVectors(store, location);
  }

  /**
   * Puts all rows of each partition into one new file, in another order, as OPTIMIZE with
   * clustering would.
   */
  void optimize(Random random) throws IOException {
    untilCommitted(() -> tryOptimize(random));
  }

  private void tryOptimize(Random random) throws IOException, CommitConflictException {
    TableVersion version = log.latest().orElseThrow();
    TableState state = state(version);
    Map<Map<String, String>, List<Object[]>> rows = new HashMap<>();
    List<DeltaColumn> columns = state.shape().partitioning().storedColumns();
    List<DataFile> removed = new ArrayList<>();
    for (LiveFile file : state.files()) {
      removed.add(file.file());
      List<Object[]> partition =
          rows.computeIfAbsent(file.file().partitionValues(), values -> new ArrayList<>());
      rowFiles.read(file, file.live(), columns, (row, values) -> partition.add(values));
    }
    List<DataFile> added = new ArrayList<>();
    for (Map.Entry<Map<String, String>, List<Object[]>> partition : rows.entrySet()) {
      Collections.shuffle(partition.getValue(), random);
      added.add(write(partition.getKey(), columns, partition.getValue()));
    }
    log.commit(version, new NewCommit(removed, added, Map.of(), false));
  }

  private DataFile write(
      Map<String, String> partition, List<DeltaColumn> columns, List<Object[]> rows)
      throws IOException {
    String name = "optimized/part " + UUID.randomUUID() + ".parquet";
    store.createDirectories(location + "/optimized");
    WrittenFile written;
    try (RowFileWriter writer =
        RowFileWriter.create(store, location + "/" + name, columns, WriteOptions.DEFAULT)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
      written = writer.finish();
    }
    return DataFile.written(
        name.replace(" ", "%20"), partition, written.size(), 0, written.statistics());
  }

  /** Takes the files back to what they were in an older version, as RESTORE does. */
  void restore(long version) throws IOException {
    untilCommitted(
        () -> {
          TableVersion newest = log.latest().orElseThrow();
          List<DataFile> removed = new ArrayList<>();
          newest.files(removed::add);
          List<DataFile> added = new ArrayList<>();
          log.version(version).files(added::add);
          List<DataFile> unchanged = List.copyOf(added);
          added.removeAll(removed);
          removed.removeAll(unchanged);
          log.commit(newest, new NewCommit(removed, added, Map.of(), true));
        });
  }

  /** Number of the newest version. */
  long version() {
    return log.latest().orElseThrow().number();
  }

  /** Deletes the rows whose value in a column is wanted, by deletion vectors. */
  void delete(String column, Predicate<Object> wanted) throws IOException {
    untilCommitted(() -> tryDelete(column, wanted));
  }

  private void tryDelete(String column, Predicate<Object> wanted)
      throws IOException, CommitConflictException {
    TableVersion version = log.latest().orElseThrow();
    TableState state = state(version);
    List<DataFile> removed = new ArrayList<>();
    Map<LiveFile, RoaringBitmap> deleted = new HashMap<>();
    for (LiveFile file : state.files()) {
      RoaringBitmap rows = file.deleted().clone();
      rowFiles.read(
          file,
          file.live(),
          state.shape().columns(List.of(column)),
          (row, values) -> {
            if (wanted.test(values[0])) {
              rows.add(row);
            }
          });
      if (!rows.equals(file.deleted())) {
        removed.add(file.file());
        deleted.put(file, rows);
      }
    }
    List<DataFile> added = new ArrayList<>();
    Map<LiveFile, VectorDescriptor> written = vectors.write(deleted);
    written.forEach(
        (file, vector) ->
            added.add(
                file.file()
                    .with(vector, AddStatistics.loosened(file.file().stats(), file.rows()))));
    log.commit(version, new NewCommit(removed, added, Map.of(), true));
  }

  private interface Attempt {
    void run() throws IOException, CommitConflictException;
  }

  /** Does it all again where somebody else, such as the sink's maintenance, committed first. */
  private static void untilCommitted(Attempt attempt) throws IOException {
    while (true) {
      try {
        attempt.run();
        return;
      } catch (CommitConflictException overtaken) {
        Thread.onSpinWait();
      }
    }
  }

  private TableState state(TableVersion version) throws IOException {
    return new TableState(
        version,
        location,
        rowFiles,
        vectors,
        MetadataColumns.DEFAULT,
        new KeySource(IndexMemory.unlimited(), Optional.empty()));
  }
}
