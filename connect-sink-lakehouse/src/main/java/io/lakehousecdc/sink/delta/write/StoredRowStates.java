// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.snapshot.TableState.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells of stored rows what a change that depends on them has to know. For one batch. */
final class StoredRowStates {
  private final TableState state;
  private final Position floor;
  private final List<Stored> wanted = new ArrayList<>();
  private final Map<Long, StoredRowState> known = new HashMap<>();

  /**
   * @param floor rows below it are being removed by a truncate
   */
  StoredRowStates(TableState state, Position floor) {
    this.state = state;
    this.floor = floor;
  }

  /**
   * Asks for a row. It is not read where the statistics of its file tell enough: that it is older
   * than the transaction of {@code change}.
   *
   * @param stored may be null
   */
  void want(Stored stored, Position change) {
    if (stored == null) {
      return;
    }
    Position begin = new Position(change.epoch(), change.commitLsn(), 0);
    boolean decided =
        !state.shape().marksDeleted()
            && stored.file().bounds().noneBelow(floor)
            && stored.file().bounds().allBelow(begin);
    if (decided) {
      known.put(stored.location(), new StoredRowState(floor, null, true));
    } else {
      wanted.add(stored);
    }
  }

  /** Reads the rows that were asked for. */
  void read() throws IOException {
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
    int deleted = columns.size();
    if (shape.marksDeleted()) {
      columns.add(shape.columns().get(shape.deletedPlace()));
    }
    StoredCells.read(state, wanted, columns)
        .forEach(
            (place, values) -> {
              Position position = positioned ? TableShape.position(values, 0) : null;
              boolean truncated = position != null && position.isBelow(floor);
              boolean marked = deleted < values.length && Boolean.TRUE.equals(values[deleted]);
              Object code = operation < deleted ? values[operation] : null;
              known.put(
                  place,
                  truncated
                      ? StoredRowState.NONE
                      : new StoredRowState(
                          position, code == null ? null : code.toString(), !marked));
            });
  }

  /**
   * What is stored.
   *
   * @param stored may be null; a row that was not asked for counts as none
   */
  StoredRowState of(Stored stored) {
    return stored == null
        ? StoredRowState.NONE
        : known.getOrDefault(stored.location(), StoredRowState.NONE);
  }

  /**
   * Whether a row can lend its values to a row that had its key before: it still is the row that
   * left, not one that has taken the key over in the same transaction.
   */
  boolean lends(Stored stored, Position change, boolean onlyLive) {
    StoredRowState standing = of(stored);
    boolean replaced =
        standing.isTakeover()
            && standing.position() != null
            && standing.position().isOfSameTransaction(change);
    return !replaced && (standing.live() || !onlyLive);
  }
}
