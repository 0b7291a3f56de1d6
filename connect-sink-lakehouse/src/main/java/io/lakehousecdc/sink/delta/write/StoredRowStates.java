// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The states of the stored rows that a batch's changes are compared with: position, operation, and
 * whether the row is live. All rows are asked for first; then each file that holds any of them is
 * read once. For one batch; not thread-safe.
 */
final class StoredRowStates {
  /** Of a row that is not read, because the statistics of its file tell enough. */
  private static final StoredRowState LIVE_AND_OLDER = new StoredRowState(null, null, true);

  private final TableState state;
  private final StoredCells cells;
  private final Floors floors;
  private final List<StoredRow> wanted = new ArrayList<>();
  private final Map<Long, StoredRowState> known = new HashMap<>();
  private final List<StoredRow> seen = new ArrayList<>();
  private final Map<Long, Long> firstSeen = new HashMap<>();

  /**
   * @param cells reads the rows
   * @param floors rows below any of them are being removed by a truncate
   */
  StoredRowStates(TableState state, StoredCells cells, Floors floors) {
    this.state = state;
    this.cells = cells;
    this.floors = floors;
  }

  /** Asks for a row. */
  void want(StoredRow row) {
    wanted.add(row);
  }

  /**
   * Asks for a row, unless the statistics of its file tell that it is live and older than the
   * transaction of a change at {@code position}.
   */
  void wantUnlessOlder(StoredRow row, Position position) {
    Position begin = new Position(position.epoch(), position.commitLsn(), 0);
    boolean decided =
        !state.shape().hasDeletedFlag()
            && floors.coverNoneOf(row.file().bounds())
            && row.file().bounds().allBelow(begin);
    if (!decided) {
      want(row);
    }
  }

  /** Asks when the key of a row was first seen, where the table tells. */
  void wantFirstSeen(StoredRow row) {
    if (state.shape().firstSeenPlace() >= 0) {
      seen.add(row);
    }
  }

  /** Reads the rows that were asked for. */
  void read() throws IOException {
    readFirstSeen();
    if (wanted.isEmpty()) {
      return;
    }
    TableShape shape = state.shape();
    List<DeltaColumn> columns = new ArrayList<>(shape.positionColumns());
    boolean positioned = !columns.isEmpty();
    int operation = columns.size();
    if (shape.operationPlace() >= 0) {
      columns.add(shape.columns().get(shape.operationPlace()));
    }
    int time = columns.size();
    if (shape.timePlace() >= 0 && !floors.isEmpty()) {
      columns.add(shape.columns().get(shape.timePlace()));
    }
    int deleted = columns.size();
    if (shape.hasDeletedFlag()) {
      columns.add(shape.columns().get(shape.deletedPlace()));
    }
    cells
        .read(state, wanted, columns)
        .forEach(
            (location, values) -> {
              Position position = positioned ? TableShape.position(values, 0) : null;
              long micros = time < deleted ? TableShape.micros(values[time]) : 0;
              boolean truncated = position != null && floors.cover(position, micros);
              Object code = operation < time ? values[operation] : null;
              boolean live = deleted == values.length || !Boolean.TRUE.equals(values[deleted]);
              known.put(
                  location,
                  truncated
                      ? StoredRowState.NONE
                      : new StoredRowState(position, code == null ? null : code.toString(), live));
            });
  }

  /** By itself: of most rows the statistics of their file tell the rest. */
  private void readFirstSeen() throws IOException {
    if (!seen.isEmpty()) {
      TableShape shape = state.shape();
      cells
          .read(state, seen, List.of(shape.columns().get(shape.firstSeenPlace())))
          .forEach((location, values) -> firstSeen.put(location, TableShape.micros(values[0])));
    }
  }

  /**
   * What is stored. A row that was not asked for counts as live and older than any change, without
   * a position of its own.
   *
   * @param row null where there is none
   */
  StoredRowState of(StoredRow row) {
    if (row == null) {
      return StoredRowState.NONE;
    }
    return known.isEmpty() ? LIVE_AND_OLDER : known.getOrDefault(row.location(), LIVE_AND_OLDER);
  }

  /**
   * When the key of a row that was asked for was first seen, by what is stored, be the row removed
   * by a truncate or not: microseconds since the epoch; 0 where it does not tell.
   *
   * @param row null where there is none
   */
  long firstSeen(StoredRow row) {
    return row == null ? 0 : firstSeen.getOrDefault(row.location(), 0L);
  }
}
