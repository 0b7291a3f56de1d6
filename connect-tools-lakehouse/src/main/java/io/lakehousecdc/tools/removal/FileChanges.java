// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.LogChanges;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.RowIds;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.maintenance.Compactor.SourceRowIds;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.schema.ChangeColumns;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.roaringbitmap.RoaringBitmap;

/**
 * The changes of one commit to a Delta table that takes rows out of files. It is made on top of the
 * version that it was planned on, or of a later one of a sink in which its files are as they were:
 * a sink that commits many times a second could otherwise come first for ever. Where they are not,
 * it fails, and everything is to be planned anew. A crash before the log entry leaves files that no
 * commit names, for the vacuum. For one thread.
 */
public final class FileChanges {
  /** Commits of others, one after the other, that this one is moved on top of. */
  private static final int MOST_MOVES = 1_000;

  private final FileIO store;
  private final String location;
  private final ReadTable table;
  private final WriteOptions options;
  private final DeletionVectors vectors;
  private final RowIds rowIds;
  private final List<DataFile> removed = new ArrayList<>();
  private final List<DataFile> added = new ArrayList<>();
  private final List<ChangeFile> feed = new ArrayList<>();
  private final Map<LiveFile, RoaringBitmap> deleted = new LinkedHashMap<>();
  private final List<String> written = new ArrayList<>();

  /**
   * @param location location of the table
   * @param table version that the commit builds on
   */
  public FileChanges(FileIO store, String location, ReadTable table, WriteOptions options) {
    this.store = store;
    this.location = location;
    this.table = table;
    this.options = options;
    this.vectors = new DeletionVectors(store, location);
    this.rowIds = table.version().rowIds();
  }

  /** Takes live rows out of a file: by a deletion vector, or where the table has none by a copy. */
  public void delete(LiveFile file, RoaringBitmap rows) throws IOException {
    if (table.version().allowsDeletionVectors()) {
      deleted.put(file, RoaringBitmap.or(file.deleted(), rows));
    } else {
      rewrite(file, rows);
    }
  }

  /**
   * Writes a file anew without the rows that were deleted before, and without some of its live
   * ones: nothing of them is in the new file.
   */
  public void rewrite(LiveFile file, RoaringBitmap rows) throws IOException {
    RoaringBitmap live = file.live();
    live.andNot(rows);
    removed.add(file.file());
    if (live.isEmpty()) {
      return;
    }
    List<DeltaColumn> rowIdColumns = table.version().rowIdColumns();
    Optional<SourceRowIds> ids = rowIds(file.file());
    if (!rowIdColumns.isEmpty() && ids.isEmpty()) {
      throw new UsageException(
          "A file of the table has no row ids yet, though its rows are tracked. Let whoever has"
              + " enabled delta.enableRowTracking finish first.");
    }
    String name = "part-" + UUID.randomUUID() + ".parquet";
    written.add(location + "/" + name);
    WrittenFile copy =
        new Compactor(store, options)
            .ofLiveRows()
            .compact(
                List.of(
                    new Source(
                        file.path(), file.location(), file.file().size(), file.rows(), live, ids)),
                table.shape().partitioning().storedColumns(),
                rowIdColumns,
                location + "/" + name,
                new int[0],
                (row, values) -> {})
            .file();
    added.add(rowIds.given(described(name, file.file(), copy), copy.rows()));
  }

  /** The rows keep their order, and so whatever others know of the file for it. */
  private static DataFile described(String name, DataFile before, WrittenFile copy) {
    Map<String, String> tags = new HashMap<>(before.tags());
    tags.remove(DataFile.DELETED_SINCE);
    return new DataFile(
        name,
        before.partitionValues(),
        copy.size(),
        System.currentTimeMillis(),
        AddStatistics.of(copy.statistics()),
        tags,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        before.clusteringProvider());
  }

  private static Optional<SourceRowIds> rowIds(DataFile file) {
    return file.baseRowId()
        .flatMap(
            first ->
                file.defaultRowCommitVersion().map(version -> new SourceRowIds(first, version)));
  }

  /** Tells the change data feed, where the table has one, that rows of a file are deleted. */
  public void feed(LiveFile file, RoaringBitmap rows) throws IOException {
    feed(file.file().partitionValues(), Map.of(file, rows));
  }

  /**
   * Tells the change data feed, where the table has one, nothing of this commit: by a file without
   * rows, because its readers would otherwise find out what has gone from the files themselves.
   */
  public void hideFromFeed() throws IOException {
    if (!removed.isEmpty()) {
      feed(removed.get(0).partitionValues(), Map.of());
    }
  }

  private void feed(Map<String, String> partition, Map<LiveFile, RoaringBitmap> rows)
      throws IOException {
    if (!table.version().feedsChanges()) {
      return;
    }
    List<DeltaColumn> stored = table.shape().partitioning().storedColumns();
    List<DeltaColumn> columns = ChangeColumns.after(stored);
    String path = ChangeFile.DIRECTORY + "/cdc-" + UUID.randomUUID() + ".parquet";
    store.createDirectories(location + "/" + ChangeFile.DIRECTORY);
    written.add(location + "/" + path);
    try (RowFileWriter writer =
        RowFileWriter.create(store, location + "/" + path, columns, options)) {
      for (Map.Entry<LiveFile, RoaringBitmap> file : rows.entrySet()) {
        table
            .rowFiles()
            .read(
                file.getKey(),
                file.getValue(),
                stored,
                (row, values) -> {
                  Object[] cells = Arrays.copyOf(values, columns.size());
                  cells[values.length] = "delete";
                  writer.write(cells);
                });
      }
      feed.add(new ChangeFile(path, partition, writer.finish().size()));
    }
  }

  /** Whether nothing was changed so far. */
  public boolean isEmpty() {
    return removed.isEmpty() && deleted.isEmpty();
  }

  /**
   * Commits.
   *
   * @param domains metadata domains to set too, or to remove where empty; with some the commit is
   *     made on top of the version that it was planned on, or not at all
   * @throws CommitConflictException another writer committed first, and changed the same files or
   *     the table itself; nothing of this is left
   */
  public TableVersion commit(Map<String, Optional<String>> domains)
      throws IOException, CommitConflictException {
    Map<LiveFile, VectorDescriptor> descriptors = vectors.write(deleted);
    for (Map.Entry<LiveFile, VectorDescriptor> each : descriptors.entrySet()) {
      LiveFile file = each.getKey();
      removed.add(file.file());
      added.add(
          rowIds.given(
              file.file()
                  .with(each.getValue(), AddStatistics.loosened(file.file().stats(), file.rows())),
              file.rows()));
    }
    descriptors.values().stream().findFirst().map(vectors::location).ifPresent(written::add);
    TableLog log = new TableLog(store, location);
    NewCommit commit = new NewCommit(removed, added, feed, domains, true);
    TableVersion base = table.knowingVersion();
    int most = domains.isEmpty() ? MOST_MOVES : 0;
    for (int moves = 0; ; moves++) {
      try {
        return log.commit(base, commit);
      } catch (CommitConflictException e) {
        Optional<TableVersion> later = moves < most ? later(log, base) : Optional.empty();
        if (later.isEmpty()) {
          discard();
          throw e;
        }
        base = later.get();
      }
    }
  }

  /** A later version in which the files are as they were; none where row ids are given out. */
  private Optional<TableVersion> later(TableLog log, TableVersion base) {
    return base.supports("rowTracking")
        ? Optional.empty()
        : log.later(base)
            .filter(later -> log.changes(base, later).filter(this::leavesFiles).isPresent());
  }

  private boolean leavesFiles(LogChanges changes) {
    return !changes.schemaChanged()
        && removed.stream().map(DataFile::path).noneMatch(changes.files()::containsKey);
  }

  /** Removes the files that were written, which no commit names. */
  public void discard() throws IOException {
    store.deleteAll(written);
    written.clear();
  }
}
