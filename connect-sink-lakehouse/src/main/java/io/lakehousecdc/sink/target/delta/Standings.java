package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.Standing;
import io.lakehousecdc.sink.target.delta.TableState.Stored;
import io.lakehousecdc.sink.target.delta.parquet.DeltaColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells of stored rows what a change that depends on them has to know. For one batch. */
final class Standings {
  private final TableState state;
  private final Position floor;
  private final List<Stored> wanted = new ArrayList<>();
  private final Map<Long, Standing> known = new HashMap<>();

  /**
   * @param floor rows below it are being removed by a truncate
   */
  Standings(TableState state, Position floor) {
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
      known.put(stored.location(), new Standing(floor, null, true));
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
                      ? Standing.NONE
                      : new Standing(position, code == null ? null : code.toString(), !marked));
            });
  }

  /**
   * What is stored.
   *
   * @param stored may be null; a row that was not asked for counts as none
   */
  Standing of(Stored stored) {
    return stored == null ? Standing.NONE : known.getOrDefault(stored.location(), Standing.NONE);
  }

  /**
   * Whether a row can lend its values to a row that had its key before: it still is the row that
   * left, not one that has taken the key over in the same transaction.
   */
  boolean lends(Stored stored, Position change, boolean onlyLive) {
    Standing standing = of(stored);
    boolean replaced =
        standing.isTakeover()
            && standing.position() != null
            && standing.position().isOfSameTransaction(change);
    return !replaced && (standing.live() || !onlyLive);
  }
}
