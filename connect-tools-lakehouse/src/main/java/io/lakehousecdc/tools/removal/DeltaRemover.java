// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/** Removes rows from a Delta table, all of a call in one commit. */
final class DeltaRemover implements RowRemover {
  private final ReadTables tables;
  private final TableId table;
  private final WriteOptions options;

  private DeltaRemover(ReadTables tables, TableId table, WriteOptions options) {
    this.tables = tables;
    this.table = table;
    this.options = options;
  }

  static DeltaRemover open(TargetSettings settings, TableId table) {
    return new DeltaRemover(
        ReadTables.open(settings), table, DeltaSettings.of(settings).writeOptions());
  }

  @Override
  public Removed remove(Collection<RemovableRow> rows) {
    if (rows.isEmpty()) {
      return new Removed(List.of(), List.of(), List.of());
    }
    Map<String, List<Match>> searched = new HashMap<>();
    TableTurn turn = new TableTurn(new TableLog(tables.store(), tables.location(table)));
    try {
      return turn.take(this::latest, version -> attempt(rows, version, searched, turn));
    } catch (IOException e) {
      throw new RetriableException("Table " + table + ": rows could not be removed", e);
    }
  }

  private ReadTable latest() {
    return tables
        .latest(table)
        .orElseThrow(() -> new UsageException("There is no Delta table " + table + "."));
  }

  /**
   * A row of a file that has a key which is looked for.
   *
   * @param isAsExpected whether it stands at the position that is expected
   */
  private record Match(int place, RemovableRow row, boolean isAsExpected) {}

  /** What of the table is concerned. */
  private static final class Found {
    final Map<LiveFile, RoaringBitmap> places = new LinkedHashMap<>();
    final Set<RemovableRow> removed = new HashSet<>();
    final Set<RemovableRow> changed = new HashSet<>();
  }

  /**
   * Removes the rows, unless another commit comes first.
   *
   * @param searched what earlier attempts found in files, which never change, by their paths
   */
  private Removed attempt(
      Collection<RemovableRow> rows,
      ReadTable version,
      Map<String, List<Match>> searched,
      TableTurn turn)
      throws IOException, CommitConflictException {
    Found found = find(version, rows, searched);
    FileChanges changes = new FileChanges(tables.store(), tables.location(table), version, options);
    for (Map.Entry<LiveFile, RoaringBitmap> place : found.places.entrySet()) {
      changes.delete(place.getKey(), place.getValue());
      changes.feed(place.getKey(), place.getValue());
    }
    if (!changes.isEmpty()) {
      changes.commit(turn.passedOn(version.version().domains()));
    } else {
      turn.leave(version);
    }
    List<RemovableRow> removed = new ArrayList<>();
    List<RemovableRow> changed = new ArrayList<>();
    List<RemovableRow> absent = new ArrayList<>();
    for (RemovableRow row : rows) {
      (found.removed.contains(row) ? removed : found.changed.contains(row) ? changed : absent)
          .add(row);
    }
    return new Removed(removed, changed, absent);
  }

  private static Found find(
      ReadTable version, Collection<RemovableRow> rows, Map<String, List<Match>> searched)
      throws IOException {
    DeltaKeys keys = DeltaKeys.of(version.shape(), rows.iterator().next().key().names());
    Map<List<Object>, List<RemovableRow>> wanted = new LinkedHashMap<>();
    for (RemovableRow row : rows) {
      wanted.computeIfAbsent(keys.of(row.key()), key -> new ArrayList<>()).add(row);
    }
    Found found = new Found();
    for (LiveFile file : version.files()) {
      List<Match> matches = searched.get(file.path());
      if (matches == null) {
        matches = search(version, file, keys, wanted);
        searched.put(file.path(), matches);
      }
      for (Match match : matches) {
        if (file.deleted().contains(match.place())) {
          continue;
        }
        if (match.isAsExpected()) {
          found.removed.add(match.row());
          found.places.computeIfAbsent(file, each -> new RoaringBitmap()).add(match.place());
        } else {
          found.changed.add(match.row());
        }
      }
    }
    return found;
  }

  private static List<Match> search(
      ReadTable version,
      LiveFile file,
      DeltaKeys keys,
      Map<List<Object>, List<RemovableRow>> wanted)
      throws IOException {
    List<DeltaColumn> read = new ArrayList<>(keys.columns());
    List<DeltaColumn> positions = version.shape().positionColumns();
    read.addAll(positions);
    int first = keys.columns().size();
    List<Match> matches = new ArrayList<>();
    version.rows(
        file,
        read,
        (place, cells) -> {
          for (RemovableRow row : wanted.getOrDefault(keys.of(cells), List.of())) {
            boolean isAsExpected =
                positions.isEmpty()
                    || StoredPosition.of(cells[first], cells[first + 1], cells[first + 2])
                        .equals(row.position());
            matches.add(new Match(place, row, isAsExpected));
          }
        });
    return matches;
  }

  @Override
  public void close() {
    tables.close();
  }
}
