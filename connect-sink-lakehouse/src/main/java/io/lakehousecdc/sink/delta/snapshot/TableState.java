// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.index.Location;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.LogChanges;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/**
 * What is held in memory of one version of a table: its columns, active files with their deletion
 * vectors, metadata domains and, once a key is asked for, the key index. Guarded by its {@link
 * DeltaTable}.
 */
public final class TableState implements AutoCloseable {
  private final String location;
  private final RowFiles rowFiles;
  private final DeletionVectors vectors;
  private final MetadataColumns names;
  private final Map<String, LiveFile> files = new LinkedHashMap<>();
  private final Map<String, String> domains = new HashMap<>();
  private TableVersion version;
  private TableShape shape;
  private KeyMap keys;
  private boolean settled;

  public TableState(
      TableVersion version,
      String location,
      RowFiles rowFiles,
      DeletionVectors vectors,
      MetadataColumns names)
      throws IOException {
    this.location = location;
    this.rowFiles = rowFiles;
    this.vectors = vectors;
    this.names = names;
    read(version);
  }

  public TableVersion version() {
    return version;
  }

  public TableShape shape() {
    return shape;
  }

  /** Whether nothing was taken over since {@link #settled()} that may have been a RESTORE. */
  public boolean isSettled() {
    return settled;
  }

  /** All that others have committed was looked at, and the domains fit the rows. */
  public void settled() {
    settled = true;
  }

  public Collection<LiveFile> files() {
    return files.values();
  }

  /** The active file of that path, or null. */
  public LiveFile file(String path) {
    return files.get(path);
  }

  public Map<String, String> domains() {
    return domains;
  }

  /** Position of the greatest truncate; {@link Position#START} where there was none. */
  public Position truncatedBelow() {
    return PartitionDomains.truncatedBelow(domains);
  }

  public RowFiles rowFiles() {
    return rowFiles;
  }

  /**
   * The key index, built if there is none for these columns.
   *
   * @param numbersAsText which of the columns, from 0, hold numbers as text
   */
  public KeyMap keys(List<String> keyColumns, Set<Integer> numbersAsText) throws IOException {
    List<DeltaColumn> wanted = shape.columns(keyColumns);
    if (keys != null && !keys.isOf(wanted, numbersAsText)) {
      forgetKeys();
    }
    if (keys == null) {
      keys =
          IndexBuild.filled(new KeyMap(wanted, numbersAsText), files.values(), rowFiles, location);
    }
    return keys;
  }

  /** The key index as it is, or null where none was asked for. */
  public KeyMap keys() {
    return keys;
  }

  /** The row of each key, or null where the table has none. */
  public StoredRow[] find(List<KeyBits> wanted) {
    long[] places = keys.get(wanted);
    LiveFile[] byNumber = new LiveFile[keys.endOfNumbers()];
    StoredRow[] found = new StoredRow[places.length];
    for (int i = 0; i < places.length; i++) {
      if (places[i] == Location.ABSENT) {
        continue;
      }
      int number = Location.file(places[i]);
      if (byNumber[number] == null) {
        byNumber[number] = files.get(keys.path(number));
      }
      LiveFile file = byNumber[number];
      int row = Location.row(places[i]);
      if (file != null && !file.deleted().contains(row)) {
        found[i] = new StoredRow(places[i], file, row);
      }
    }
    return found;
  }

  /** A file of the table, its deletion vector read. */
  LiveFile open(DataFile file) throws IOException {
    RoaringBitmap deleted =
        file.deletionVector().isPresent()
            ? vectors.read(file.deletionVector().get())
            : new RoaringBitmap();
    String place = TablePaths.file(location, file.path());
    long rows = AddStatistics.records(file.stats());
    return new LiveFile(
        file,
        place,
        Math.toIntExact(rows >= 0 ? rows : rowFiles.count(place)),
        deleted,
        PositionBounds.of(file, shape));
  }

  /** Takes over what this process has committed itself. */
  public void committed(
      TableVersion now,
      Collection<LiveFile> removed,
      Collection<LiveFile> added,
      Map<String, Optional<String>> newDomains) {
    removed.forEach(file -> files.remove(file.path()));
    added.forEach(file -> files.put(file.path(), file));
    setDomains(newDomains);
    take(now);
    if (keys != null) {
      keys.prune(files::containsKey);
    }
  }

  /** Takes over the same version as read anew, with a checkpoint to stand on. */
  public void reloaded(TableVersion same) {
    take(same);
  }

  /**
   * Takes over a new schema, committed by this process; files and rows are as they were. The index
   * does not outlive a change of its columns' types: how a key is encoded depends on them.
   *
   * @param newDomains metadata domains set in the same commit
   */
  public void evolved(TableVersion now, Map<String, String> newDomains) {
    domains.putAll(newDomains);
    take(now);
    shape = new TableShape(now, names);
    if (keys != null && !keyColumnsStand()) {
      forgetKeys();
    }
  }

  /**
   * Takes over what other writers have committed: the files and domains at once, the index by
   * reading the keys of new files. Rows that have come back (a restored table) make the index
   * unusable: it is built anew when next asked for.
   */
  public void refreshed(TableVersion now, LogChanges changes) throws IOException {
    settled = false;
    if (changes.schemaChanged()) {
      shape = new TableShape(now, names);
    }
    List<LiveFile> added = new ArrayList<>();
    boolean revived = false;
    for (Map.Entry<String, Optional<DataFile>> change : changes.files().entrySet()) {
      LiveFile before = files.get(change.getKey());
      if (change.getValue().isEmpty()) {
        files.remove(change.getKey());
        continue;
      }
      LiveFile after = open(change.getValue().get());
      files.put(change.getKey(), after);
      if (before == null) {
        added.add(after);
      } else if (!after.deleted().contains(before.deleted())) {
        revived = true;
      }
    }
    setDomains(changes.domains());
    take(now);
    if (keys != null && (revived || !keyColumnsStand())) {
      forgetKeys();
    }
    if (keys != null) {
      for (LiveFile file : added) {
        keys.add(file, rowFiles);
      }
    }
  }

  private boolean keyColumnsStand() {
    for (DeltaColumn key : keys.columns()) {
      boolean stands =
          shape.columns().stream()
              .anyMatch(
                  column ->
                      column.physicalName().equals(key.physicalName())
                          && column.type().equals(key.type()));
      if (!stands) {
        return false;
      }
    }
    return true;
  }

  private void setDomains(Map<String, Optional<String>> changes) {
    changes.forEach(
        (name, value) ->
            value.ifPresentOrElse(text -> domains.put(name, text), () -> domains.remove(name)));
  }

  /** Takes over a version whose files and domains are in place. */
  private void take(TableVersion now) {
    long bytes = files.values().stream().mapToLong(file -> file.file().size()).sum();
    version = now.knowing(files.size(), bytes, domains);
  }

  private void read(TableVersion from) throws IOException {
    shape = new TableShape(from, names);
    domains.putAll(from.domains());
    try {
      from.files(
          file -> {
            try {
              files.put(file.path(), open(file));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    take(from);
  }

  private void forgetKeys() {
    keys.close();
    keys = null;
  }

  @Override
  public void close() {
    if (keys != null) {
      forgetKeys();
    }
  }
}
