// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.index.IndexSize;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.index.Location;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.LogChanges;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.TableFiles.Difference;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of one version of a table in memory: its columns, active files with their deletion
 * vectors, metadata domains and, once a key is asked for, the key index. Guarded by the lock of its
 * table.
 */
public final class TableState implements AutoCloseable {
  private final String location;
  private final RowFiles rowFiles;
  private final MetadataColumns names;
  private final Optional<HistoryColumns> history;
  private final KeySource keySource;
  private final TableFiles files;
  private final Map<String, String> domains = new HashMap<>();
  private TableVersion version;
  private TableShape shape;
  private KeyMap keys;
  private boolean restoreChecked;

  /** A table whose rows are no versions. */
  public TableState(
      TableVersion version,
      String location,
      RowFiles rowFiles,
      DeletionVectors vectors,
      MetadataColumns names,
      KeySource keySource)
      throws IOException {
    this(version, location, rowFiles, vectors, names, Optional.empty(), keySource);
  }

  /**
   * @param history names of the columns of a table of versions
   * @param keySource where the key index comes from
   */
  public TableState(
      TableVersion version,
      String location,
      RowFiles rowFiles,
      DeletionVectors vectors,
      MetadataColumns names,
      Optional<HistoryColumns> history,
      KeySource keySource)
      throws IOException {
    this.location = location;
    this.rowFiles = rowFiles;
    this.names = names;
    this.history = history;
    this.keySource = keySource;
    this.files = new TableFiles(location, rowFiles, vectors);
    this.shape = new TableShape(version, names, history);
    domains.putAll(version.domains());
    files.read(version, shape);
    take(version);
  }

  public TableVersion version() {
    return version;
  }

  public TableShape shape() {
    return shape;
  }

  /** Whether nothing was taken over since {@link #restoreChecked} that may be a RESTORE. */
  public boolean isRestoreChecked() {
    return restoreChecked;
  }

  /** No commit of others so far is a RESTORE whose rows the domains do not fit. */
  public void restoreChecked() {
    restoreChecked = true;
  }

  public Collection<LiveFile> files() {
    return files.all();
  }

  /** The active file of that path, or null. */
  public LiveFile file(String path) {
    return files.get(path);
  }

  public Map<String, String> domains() {
    return domains;
  }

  /** Truncates and sweeps that the table remembers, but for those that users had forgotten. */
  public RememberedFloors floors() {
    RememberedFloors all = RememberedFloors.of(domains);
    return version.property(RememberedFloors.FORGOTTEN).map(all::without).orElse(all);
  }

  public RowFiles rowFiles() {
    return rowFiles;
  }

  /**
   * The key index, built if there is none for these columns. Of a table of versions it knows the
   * current ones.
   *
   * @param numbersAsText which of the columns, from 0, hold numbers as text
   */
  public KeyMap keys(List<String> keyColumns, Set<Integer> numbersAsText) throws IOException {
    List<DeltaColumn> wanted = shape.columns(keyColumns);
    if (keys != null && !keys.isOf(wanted, numbersAsText)) {
      forgetKeys();
    }
    if (keys == null) {
      Optional<DeltaColumn> end = shape.versions().map(VersionColumns::end);
      keys = keySource.keys(version, wanted, numbersAsText, end, files.all(), rowFiles, location);
    }
    return keys;
  }

  /** The key index as it is, or null where none was asked for. */
  public KeyMap keys() {
    return keys;
  }

  /** Number of rows found with a NULL in their key; such a row is in no index. */
  public long rowsWithoutKey() {
    return keys == null ? 0 : keys.withoutKey();
  }

  /** Number of rows found with the key of another row: the index knows one row of each key. */
  public long rowsWithSharedKey() {
    return keys == null ? 0 : keys.withSharedKey();
  }

  /** Size of the key index as it is. */
  public IndexSize indexSize() {
    return keys == null ? IndexSize.NONE : keys.size();
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

  /** A row that was found in a file without the index, as the index would name it. */
  public StoredRow row(LiveFile file, int row) {
    return new StoredRow(Location.of(keys.number(file), row), file, row);
  }

  /** Takes over what this process has committed itself. */
  public void committed(
      TableVersion now,
      Collection<LiveFile> removed,
      Collection<LiveFile> added,
      Map<String, Optional<String>> newDomains) {
    files.replace(removed, added);
    setDomains(newDomains);
    setSystemDomains(now);
    take(now);
    if (keys != null) {
      keys.prune(files.all().size(), files::contains);
    }
  }

  /** Takes over the same version as read anew, which builds on a newer checkpoint. */
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
    setSystemDomains(now);
    take(now);
    shape = new TableShape(now, names, history);
    if (keys != null && !hasKeyColumns()) {
      forgetKeys();
    }
  }

  /**
   * Takes over what other writers have committed: the files and domains at once, the index by
   * reading the keys of new files. Rows that have come back (a restored table) make the index
   * unusable: it is built anew when next asked for.
   */
  public void refreshed(TableVersion now, LogChanges changes) throws IOException {
    restoreChecked = false;
    if (changes.schemaChanged()) {
      shape = new TableShape(now, names, history);
    }
    Difference difference = files.apply(changes.files(), shape);
    setDomains(changes.domains());
    take(now);
    if (keys != null && (difference.revived() || !hasKeyColumns())) {
      forgetKeys();
    }
    if (keys != null) {
      for (LiveFile file : difference.added()) {
        keys.reserve(keys.entries() + keys.most(file));
        keys.addForeign(file, rowFiles, this::isLive);
      }
    }
  }

  private boolean isLive(long location) {
    LiveFile file = files.get(keys.path(Location.file(location)));
    return file != null && !file.deleted().contains(Location.row(location));
  }

  /** Whether the columns of the index are in the table as they were. */
  private boolean hasKeyColumns() {
    return keys.columns().stream().allMatch(this::hasColumn);
  }

  private boolean hasColumn(DeltaColumn wanted) {
    return shape.columns().stream()
        .anyMatch(
            column ->
                column.physicalName().equals(wanted.physicalName())
                    && column.type().equals(wanted.type()));
  }

  private void setDomains(Map<String, Optional<String>> changes) {
    changes.forEach(
        (name, value) ->
            value.ifPresentOrElse(text -> domains.put(name, text), () -> domains.remove(name)));
  }

  /**
   * Takes over the domains that Kernel sets by itself, such as the greatest row id given out: one
   * that is handed back old lets row ids be given out twice.
   */
  private void setSystemDomains(TableVersion now) {
    domains.keySet().removeIf(TableVersion::isSystemDomain);
    now.domains()
        .forEach(
            (name, text) -> {
              if (TableVersion.isSystemDomain(name)) {
                domains.put(name, text);
              }
            });
  }

  /** Takes over a version whose files and domains are in place. */
  private void take(TableVersion now) {
    version = now.knowing(files.all().size(), files.bytes(), domains);
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
