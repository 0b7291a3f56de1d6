// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The columns of a table and which of them this sink fills by itself. Rows are arrays aligned to
 * {@link #columns()}, in the form that files take. Immutable.
 */
public final class TableShape {
  private final String tableId;
  private final List<DeltaColumn> columns;
  private final Partitioning partitioning;
  private final Map<String, Integer> places = new HashMap<>();
  private final int op;
  private final int ts;
  private final int lsn;
  private final int commitLsn;
  private final int epoch;
  private final int deleted;
  private final int firstSeen;
  private final int lastSeen;
  private final Optional<VersionColumns> versions;

  /**
   * @param history names of the columns of a table of versions; empty for other tables
   */
  public TableShape(TableVersion version, MetadataColumns names, Optional<HistoryColumns> history) {
    this.tableId = version.tableId();
    // Whatever statistics the table wants: without those of positions, each row that an update
    // meets has to be read; without those of ends, each file with versions of the past.
    Set<String> positions =
        Stream.concat(
                Stream.of(names.epoch(), names.commitLsn(), names.lsn()),
                history.map(HistoryColumns::validTo).stream())
            .map(ColumnNames::key)
            .collect(Collectors.toSet());
    this.columns =
        version.columns().stream()
            .map(
                column ->
                    column.indexed(
                        column.indexed() || positions.contains(ColumnNames.key(column.name()))))
            .toList();
    this.partitioning = new Partitioning(columns, version.partitionColumns());
    for (int i = 0; i < columns.size(); i++) {
      places.put(ColumnNames.key(columns.get(i).name()), i);
    }
    this.op = place(names.op());
    this.ts = place(names.ts());
    this.lsn = place(names.lsn());
    this.commitLsn = place(names.commitLsn());
    this.epoch = place(names.epoch());
    this.deleted = place(names.deleted());
    this.firstSeen = names.firstSeen().map(this::place).orElse(-1);
    this.lastSeen = names.lastSeen().map(this::place).orElse(-1);
    this.versions = history.flatMap(own -> VersionColumns.of(this, names, own));
  }

  /** Identity of the table that has this shape; see {@link TableVersion#tableId}. */
  public String tableId() {
    return tableId;
  }

  public List<DeltaColumn> columns() {
    return columns;
  }

  /** How rows are spread over files. */
  public Partitioning partitioning() {
    return partitioning;
  }

  public int size() {
    return columns.size();
  }

  /** Place of the named column, whatever the case of its letters, or -1. */
  public int place(String name) {
    return places.getOrDefault(ColumnNames.key(name), -1);
  }

  /** Place of the column that files know by that name, whatever it is called now; -1 if none. */
  public int placeOfStored(String physicalName) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).physicalName().equals(physicalName)) {
        return i;
      }
    }
    return -1;
  }

  /** The named columns, in the order of the names. */
  public List<DeltaColumn> columns(List<String> names) {
    return names.stream()
        .map(
            name -> {
              if (place(name) < 0) {
                throw new FatalException("The table has no column " + name);
              }
              return columns.get(place(name));
            })
        .toList();
  }

  /** Whether the table has a flag for soft deletes. */
  public boolean hasDeletedFlag() {
    return deleted >= 0;
  }

  /** Place of the flag of soft deletes, or -1. */
  public int deletedPlace() {
    return deleted;
  }

  /** Place of the operation's code, or -1. */
  public int operationPlace() {
    return op;
  }

  /** Place of the commit time, or -1. */
  public int timePlace() {
    return ts;
  }

  /** Place of the time at which a key was first seen, or -1. */
  public int firstSeenPlace() {
    return firstSeen;
  }

  /** The columns that tell versions apart; empty where rows are none. */
  public Optional<VersionColumns> versions() {
    return versions;
  }

  /** Columns that hold a row's position: epoch, commit LSN, LSN; empty where the table has none. */
  public List<DeltaColumn> positionColumns() {
    return epoch < 0 || commitLsn < 0 || lsn < 0
        ? List.of()
        : List.of(columns.get(epoch), columns.get(commitLsn), columns.get(lsn));
  }

  public List<String> positionPhysicalNames() {
    return positionColumns().stream().map(DeltaColumn::physicalName).toList();
  }

  /**
   * Position made of the values of {@link #positionColumns()} from {@code from} on; null where the
   * row has none.
   */
  public static Position position(Object[] values, int from) {
    if (values[from] == null || values[from + 1] == null || values[from + 2] == null) {
      return null;
    }
    return new Position(
        ((Number) values[from]).intValue(),
        ((Number) values[from + 1]).longValue(),
        ((Number) values[from + 2]).longValue());
  }

  /** Commit time that a stored value tells, microseconds since the epoch; 0 where it tells none. */
  public static long micros(Object time) {
    return time == null ? 0 : (Long) time;
  }

  /** Fills the columns that tell which change wrote the row. */
  public void stamp(Object[] row, ChangeInfo info, boolean isDeleted) {
    set(row, op, info.operation().code());
    set(row, ts, info.commitMicros());
    set(row, lsn, info.position().lsn());
    set(row, commitLsn, info.position().commitLsn());
    set(row, epoch, info.position().epoch());
    set(row, deleted, isDeleted);
  }

  /**
   * Fills the columns that tell when the key was seen, where the table has them.
   *
   * @param firstMicros microseconds since the epoch; 0 where not known
   * @param lastMicros the same
   */
  public void stampSeen(Object[] row, long firstMicros, long lastMicros) {
    set(row, firstSeen, firstMicros == 0 ? null : firstMicros);
    set(row, lastSeen, lastMicros == 0 ? null : lastMicros);
  }

  private static void set(Object[] row, int place, Object value) {
    if (place >= 0) {
      row[place] = value;
    }
  }
}
