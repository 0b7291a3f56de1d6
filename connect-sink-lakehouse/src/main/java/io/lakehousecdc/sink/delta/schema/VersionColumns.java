// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.version.Version;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The columns in which a table of versions tells of each of its rows which version it is. Rows are
 * arrays aligned to all columns of the table, in the form that files take. Immutable.
 */
public final class VersionColumns {
  /**
   * What stands for the beginning of a version that is valid since ever, 0001-01-01T00:00:00Z:
   * Delta's timestamps have no infinity, and readers agree about none that is earlier.
   */
  public static final long BEGINNING = -62_135_596_800_000_000L;

  private static final int OPERATION = 0;
  private static final int TIME = 1;
  private static final int APPLIED = 2;
  private static final int FROM = 5;
  private static final int TO = 6;
  private static final int OPENED = 7;

  private final List<DeltaColumn> columns;
  private final int[] places;
  private final int current;

  private VersionColumns(List<DeltaColumn> columns, int[] places, int current) {
    this.columns = columns;
    this.places = places;
    this.current = current;
  }

  /** Those of a table; empty where it lacks one of them. */
  static Optional<VersionColumns> of(
      TableShape shape, MetadataColumns metadata, HistoryColumns history) {
    List<String> names =
        List.of(
            metadata.op(),
            metadata.ts(),
            metadata.epoch(),
            metadata.commitLsn(),
            metadata.lsn(),
            history.validFrom(),
            history.validTo(),
            history.epoch(),
            history.commitLsn(),
            history.lsn());
    int[] places = names.stream().mapToInt(shape::place).toArray();
    int current = shape.place(history.current());
    if (current < 0 || Arrays.stream(places).anyMatch(place -> place < 0)) {
      return Optional.empty();
    }
    List<DeltaColumn> columns = Arrays.stream(places).mapToObj(shape.columns()::get).toList();
    return Optional.of(new VersionColumns(columns, places, current));
  }

  /** The columns that tell a version. */
  public List<DeltaColumn> columns() {
    return columns;
  }

  /** The column that is NULL in current versions, and in no others. */
  public DeltaColumn end() {
    return columns.get(TO);
  }

  /** Place of {@link #end}. */
  public int endPlace() {
    return places[TO];
  }

  /** Columns of the position of the change that has opened a version. */
  public List<DeltaColumn> opened() {
    return columns.subList(OPENED, columns.size());
  }

  /** The version that a row is. */
  public Version of(Object[] row) {
    return version(row, places);
  }

  /**
   * The version that values of {@link #columns} tell.
   *
   * @param first place of the first of them
   */
  public Version of(Object[] values, int first) {
    return version(values, IntStream.range(first, first + columns.size()).toArray());
  }

  /** A row that other programs wrote without a position is older than all others. */
  private static Version version(Object[] values, int[] at) {
    Object from = values[at[FROM]];
    Object to = values[at[TO]];
    Object operation = values[at[OPERATION]];
    return new Version(
        position(values, at, OPENED),
        from == null || (Long) from <= BEGINNING ? Version.BEGINNING : (Long) from,
        to == null ? Version.OPEN : (Long) to,
        position(values, at, APPLIED),
        TableShape.micros(values[at[TIME]]),
        operation == null ? "" : operation.toString());
  }

  private static Position position(Object[] values, int[] at, int first) {
    Object epoch = values[at[first]];
    Object commitLsn = values[at[first + 1]];
    Object lsn = values[at[first + 2]];
    return epoch == null || commitLsn == null || lsn == null
        ? Position.LOWEST
        : new Position(
            ((Number) epoch).intValue(),
            ((Number) commitLsn).longValue(),
            ((Number) lsn).longValue());
  }

  /** Makes a row that version. */
  public void stamp(Object[] row, Version version) {
    row[places[OPERATION]] = version.operation();
    row[places[TIME]] = version.appliedMicros();
    put(row, APPLIED, version.applied());
    row[places[FROM]] = Math.max(version.fromMicros(), BEGINNING);
    row[places[TO]] = version.isCurrent() ? null : version.toMicros();
    row[current] = version.isCurrent();
    put(row, OPENED, version.opened());
  }

  private void put(Object[] row, int first, Position position) {
    row[places[first]] = position.epoch();
    row[places[first + 1]] = position.commitLsn();
    row[places[first + 2]] = position.lsn();
  }
}
