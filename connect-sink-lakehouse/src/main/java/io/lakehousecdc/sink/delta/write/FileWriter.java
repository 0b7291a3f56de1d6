// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.RowIds;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.schema.Partitioning;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.BatchFiles.BatchFile;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of a planned batch's files: one data file of new rows for each partition, and for each
 * file that loses rows a deletion vector or, in tables without them, a copy without those rows. For
 * one batch.
 */
public final class FileWriter {
  private static final int PIECE = 50_000;

  private final TableState state;
  private KeyMap index;
  private int[] keyPlaces;
  private final DeletionVectors vectors;
  private final String table;
  private final CommitClock clock;
  private final RowIds rowIds;
  private final List<LiveFile> removed = new ArrayList<>();
  private final List<LiveFile> added = new ArrayList<>();
  private final Map<LiveFile, List<KeyBits>> placed = new IdentityHashMap<>();
  private final List<String> locations = new ArrayList<>();
  private final BatchFiles batchFiles;

  /**
   * @param table location of the table
   * @param batchFiles files of the batch's new rows
   */
  public FileWriter(
      TableState state,
      DeletionVectors vectors,
      String table,
      BatchFiles batchFiles,
      CommitClock clock) {
    this.state = state;
    this.vectors = vectors;
    this.table = table;
    this.batchFiles = batchFiles;
    this.clock = clock;
    this.rowIds = state.version().rowIds();
  }

  /** Writes the files; all of them are durable when this returns. */
  public PreparedCommit write(BatchPlan plan) throws IOException {
    // Not before: it is the plan of the first batch that has the index built.
    this.index = state.keys();
    this.keyPlaces =
        index == null
            ? new int[0]
            : index.columns().stream()
                .mapToInt(column -> state.shape().place(column.name()))
                .toArray();
    for (BatchFile file : batchFiles.of(plan.rows(), state.shape())) {
      add(file.name(), file.partition(), file.file(), keys(file.rows()));
    }
    for (SoftDelete softDelete : plan.softDeletes()) {
      write(softDelete);
    }
    clock.passed(Phase.DATA_FILES);
    if (state.version().allowsDeletionVectors()) {
      writeVectors(plan.removed());
    } else {
      writeCopies(plan.removed());
    }
    clock.passed(Phase.VECTORS);
    return new PreparedCommit(removed, added, placed);
  }

  /** Keys of rows in their order; none where no index has to know them. */
  private List<KeyBits> keys(List<NewRow> rows) {
    List<KeyBits> keys = new ArrayList<>(rows.size());
    if (index != null) {
      rows.forEach(row -> keys.add(row.key()));
    }
    return keys;
  }

  /** Files that hold for this version alone, for removal after a failure. */
  public List<String> locations() {
    return locations;
  }

  private void writeRows(List<NewRow> rows) throws IOException {
    for (Map.Entry<Map<String, String>, List<NewRow>> part :
        state.shape().partitioning().split(rows, NewRow::values).entrySet()) {
      if (!part.getValue().isEmpty()) {
        writeRows(part.getKey(), part.getValue());
      }
    }
  }

  /** Holds no more than a piece of them at a time. */
  private void write(SoftDelete softDelete) throws IOException {
    List<NewRow> piece = new ArrayList<>();
    for (LiveFile file : List.copyOf(state.files())) {
      RoaringBitmap wanted = softDelete.rows().rows(file);
      if (wanted != null) {
        state
            .rowFiles()
            .read(
                file,
                wanted,
                state.shape().columns(),
                (row, values) -> {
                  piece.add(
                      new NewRow(softDelete.applied(values, state.shape()), storedKey(values)));
                  if (piece.size() == PIECE) {
                    writeRows(piece);
                    piece.clear();
                  }
                });
      }
    }
    writeRows(piece);
  }

  /** Key of a row as it is stored; null where it has none, or no index has to know it. */
  private KeyBits storedKey(Object[] row) {
    if (index == null) {
      return null;
    }
    Object[] key = new Object[keyPlaces.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = row[keyPlaces[i]];
    }
    return KeyMap.hasNull(key) ? null : index.encode(key);
  }

  private void writeRows(Map<String, String> partition, List<NewRow> rows) throws IOException {
    Partitioning partitioning = state.shape().partitioning();
    String name = BatchFiles.newName();
    try (RowFileWriter writer = begin(name)) {
      for (NewRow row : rows) {
        writer.write(partitioning.stored(row.values()));
      }
      add(name, partition, writer.finish(), keys(rows));
    }
  }

  private void writeVectors(RowSet gone) throws IOException {
    Map<String, RoaringBitmap> changed = new LinkedHashMap<>();
    gone.forEach(
        (path, rows) -> {
          LiveFile file = state.file(path);
          RoaringBitmap deleted = RoaringBitmap.or(file.deleted(), rows);
          removed.add(file);
          if (deleted.getLongCardinality() < file.rows()) {
            changed.put(path, deleted);
          }
        });
    Map<String, VectorDescriptor> written = vectors.write(changed);
    for (Map.Entry<String, VectorDescriptor> vector : written.entrySet()) {
      LiveFile file = state.file(vector.getKey());
      DataFile described =
          file.file()
              .with(vector.getValue(), AddStatistics.loosened(file.file().stats(), file.rows()));
      added.add(file.with(described, changed.get(vector.getKey())));
      String location = vectors.location(vector.getValue());
      if (location != null && !locations.contains(location)) {
        locations.add(location);
      }
    }
  }

  private void writeCopies(RowSet gone) throws IOException {
    List<LiveFile> losing = new ArrayList<>();
    gone.forEach((path, rows) -> losing.add(state.file(path)));
    for (LiveFile file : losing) {
      removed.add(file);
      RoaringBitmap kept = file.live();
      kept.andNot(gone.rows(file));
      if (!kept.isEmpty()) {
        copy(file, kept);
      }
    }
  }

  private void copy(LiveFile file, RoaringBitmap kept) throws IOException {
    List<KeyBits> keys = new ArrayList<>();
    String name = BatchFiles.newName();
    try (RowFileWriter writer = begin(name)) {
      state
          .rowFiles()
          .read(
              file,
              kept,
              state.shape().columns(),
              (row, values) -> {
                writer.write(state.shape().partitioning().stored(values));
                if (index != null) {
                  keys.add(storedKey(values));
                }
              });
      add(name, file.file().partitionValues(), writer.finish(), keys);
    }
  }

  private RowFileWriter begin(String name) throws IOException {
    locations.add(table + "/" + name);
    return state
        .rowFiles()
        .create(table + "/" + name, state.shape().partitioning().storedColumns());
  }

  private void add(
      String name, Map<String, String> partition, WrittenFile written, List<KeyBits> keys) {
    DataFile file =
        rowIds.given(
            DataFile.written(
                name, partition, written.size(), System.currentTimeMillis(), written.statistics()),
            written.rows());
    LiveFile live =
        new LiveFile(
            file,
            table + "/" + name,
            written.rows(),
            new RoaringBitmap(),
            PositionBounds.of(file, state.shape()));
    added.add(live);
    placed.put(live, keys);
  }
}
