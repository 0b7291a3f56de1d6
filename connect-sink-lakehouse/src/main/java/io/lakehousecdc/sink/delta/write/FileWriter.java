// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.RowIds;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.parquet.CellBytes;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.schema.Partitioning;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of a planned batch's files: one data file of new rows for each partition, and for each
 * file that loses rows a deletion vector or, in tables without them, a copy without those rows. For
 * one batch.
 */
public final class FileWriter {
  private static final long PIECE_BYTES = 32 << 20;

  private final TableState state;
  private KeyMap index;
  private final DeletionVectors vectors;
  private final String table;
  private final CommitClock clock;
  private final RowIds rowIds;
  private final RowRewriter rewriter;
  private final List<LiveFile> removed = new ArrayList<>();
  private final List<LiveFile> added = new ArrayList<>();
  private final Map<LiveFile, List<KeyBits>> placed = new IdentityHashMap<>();
  private final List<String> locations = new ArrayList<>();

  /**
   * @param table location of the table
   */
  public FileWriter(TableState state, DeletionVectors vectors, String table, CommitClock clock) {
    this.state = state;
    this.vectors = vectors;
    this.table = table;
    this.clock = clock;
    this.rowIds = state.version().rowIds();
    this.rewriter = new RowRewriter(state, table, rowIds, locations);
  }

  /** Writes the files; all of them are durable when this returns. */
  public PreparedCommit write(BatchPlan plan) throws IOException {
    // Not before: it is the plan of the first batch that has the index built.
    this.index = state.keys();
    writeRows(plan.rows());
    writeLent(plan.lent());
    for (SoftDelete softDelete : plan.softDeletes()) {
      rewriter.delete(softDelete);
    }
    clock.passed(Phase.DATA_FILES);
    if (state.version().allowsDeletionVectors()) {
      writeVectors(plan.removed());
    } else {
      writeCopies(plan.removed());
    }
    rewriter.files().forEach(rewritten -> added.add(rewritten.file()));
    clock.passed(Phase.VECTORS);
    return new PreparedCommit(removed, added, placed, rewriter.files(), locations);
  }

  /** Files written so far, for removal after a failure. */
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

  /** Holds a piece of them at a time. */
  private void writeLent(LentRows lent) throws IOException {
    List<NewRow> piece = new ArrayList<>();
    long[] bytes = {0};
    lent.complete(
        state,
        row -> {
          piece.add(row);
          bytes[0] += CellBytes.ofRow(row.values());
          if (bytes[0] >= PIECE_BYTES) {
            writeRows(piece);
            piece.clear();
            bytes[0] = 0;
          }
        });
    writeRows(piece);
  }

  private void writeRows(Map<String, String> partition, List<NewRow> rows) throws IOException {
    Partitioning partitioning = state.shape().partitioning();
    List<KeyBits> keys = new ArrayList<>(rows.size());
    String name = newName();
    try (RowFileWriter writer = begin(name)) {
      for (NewRow row : rows) {
        writer.write(partitioning.stored(row.values()));
        if (index != null) {
          keys.add(row.key());
        }
      }
      finish(name, partition, writer, keys);
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
        rewriter.copy(file, kept);
      }
    }
  }

  private static String newName() {
    return "part-" + UUID.randomUUID() + ".parquet";
  }

  private RowFileWriter begin(String name) throws IOException {
    locations.add(table + "/" + name);
    return state
        .rowFiles()
        .create(table + "/" + name, state.shape().partitioning().storedColumns());
  }

  private void finish(
      String name, Map<String, String> partition, RowFileWriter writer, List<KeyBits> keys)
      throws IOException {
    WrittenFile written = writer.finish();
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
