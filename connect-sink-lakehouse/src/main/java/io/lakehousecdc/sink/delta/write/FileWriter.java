// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.RowIds;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.schema.Partitioning;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Uploads;
import io.lakehousecdc.sink.delta.write.BatchFiles.BatchFile;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of a planned batch's files: one data file of new rows for each partition, and for each
 * file that loses rows a deletion vector or, in tables without them, a copy without those rows. For
 * one batch.
 */
public final class FileWriter implements AutoCloseable {
  private final FileIO store;
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
  private final BatchFiles batchFiles;
  private final Uploads uploads;

  /**
   * @param store where the table is
   * @param table location of the table
   * @param batchFiles files of the batch's new rows
   */
  public FileWriter(
      FileIO store,
      TableState state,
      DeletionVectors vectors,
      String table,
      BatchFiles batchFiles,
      CommitClock clock) {
    this.store = store;
    this.state = state;
    this.vectors = vectors;
    this.table = table;
    this.batchFiles = batchFiles;
    this.clock = clock;
    this.rowIds = state.version().rowIds();
    this.uploads = new Uploads(store);
    this.rewriter = new RowRewriter(state, table, rowIds, locations, uploads);
  }

  /** Writes the files. All of them are durable when {@link #await} and the batch's have ended. */
  public PreparedCommit write(BatchPlan plan) throws IOException {
    // Not before: it is the plan of the first batch that has the index built.
    this.index = state.keys();
    for (BatchFile file : batchFiles.of(plan.rows(), state.shape())) {
      add(file);
    }
    // The values of these are those of this version.
    plan.lent().complete(state, this::writePiece);
    for (RowUpdate update : plan.updates()) {
      rewriter.update(update);
    }
    List<ChangeFile> changes = changes(plan);
    clock.passed(Phase.DATA_FILES);
    if (state.version().allowsDeletionVectors()) {
      writeVectors(plan.removed());
    } else {
      writeCopies(plan.removed());
    }
    rewriter.files().forEach(rewritten -> added.add(rewritten.file()));
    clock.passed(Phase.VECTORS);
    return new PreparedCommit(removed, added, placed, changes, rewriter.files());
  }

  private List<ChangeFile> changes(BatchPlan plan) throws IOException {
    return state.version().feedsChanges()
        ? new ChangeFeed(state, new ChangeFiles(store, state, table, locations, uploads))
            .write(plan)
        : List.of();
  }

  /**
   * Waits until the files that hold for this version alone are durable.
   *
   * @throws IOException one of them is not
   */
  public void await() throws IOException {
    uploads.await();
  }

  /** Waits until nothing is under way any more: what is deleted then does not come back. */
  @Override
  public void close() {
    uploads.close();
  }

  /** Files that hold for this version alone, for removal after a failure. */
  public List<String> locations() {
    return locations;
  }

  private void writePiece(List<NewRow> rows) throws IOException {
    Partitioning partitioning = state.shape().partitioning();
    List<DeltaColumn> columns = partitioning.storedColumns();
    for (Map.Entry<Map<String, String>, List<NewRow>> part :
        partitioning.split(rows, NewRow::values).entrySet()) {
      if (!part.getValue().isEmpty()) {
        String name = BatchFiles.newName();
        locations.add(table + "/" + name);
        try (RowFileWriter writer = state.rowFiles().create(table + "/" + name, columns)) {
          for (NewRow row : part.getValue()) {
            writer.write(partitioning.stored(row.values()));
          }
          add(new BatchFile(name, part.getKey(), columns, part.getValue(), writer.finish(uploads)));
        }
      }
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
    Map<String, VectorDescriptor> written = vectors.write(changed, uploads);
    Set<String> indexed = indexedColumns();
    for (Map.Entry<String, VectorDescriptor> vector : written.entrySet()) {
      LiveFile file = state.file(vector.getKey());
      // Files from before the table had row tracking get row ids now, and have to keep them.
      DataFile described =
          rowIds.given(
              file.file()
                  .with(
                      vector.getValue(),
                      AddStatistics.loosened(file.file().stats(), file.rows()).only(indexed)),
              file.rows());
      added.add(file.with(described, changed.get(vector.getKey())));
      String location = vectors.location(vector.getValue());
      if (location != null && !locations.contains(location)) {
        locations.add(location);
      }
    }
  }

  /** Physical names of the columns of which the table wants statistics in its log. */
  private Set<String> indexedColumns() {
    return state.shape().columns().stream()
        .filter(DeltaColumn::indexed)
        .map(DeltaColumn::physicalName)
        .collect(Collectors.toSet());
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

  private void add(BatchFile written) {
    DataFile file =
        rowIds.given(
            DataFile.written(
                written.name(),
                written.partition(),
                written.file().size(),
                System.currentTimeMillis(),
                written.file().statistics()),
            written.file().rows());
    LiveFile live =
        new LiveFile(
            file,
            table + "/" + written.name(),
            written.file().rows(),
            new RoaringBitmap(),
            PositionBounds.of(file, state.shape()));
    added.add(live);
    placed.put(live, keys(written.rows()));
  }

  /** Keys of rows in their order; none where no index has to know them. */
  private List<KeyBits> keys(List<NewRow> rows) {
    List<KeyBits> keys = new ArrayList<>(rows.size());
    if (index != null) {
      rows.forEach(row -> keys.add(row.key()));
    }
    return keys;
  }
}
