// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.snapshot.TableState.Stored;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans a batch in upsert mode against one version of a table. In three steps, so that each file is
 * read at most once for each: the index says where the keys are stored; where statistics cannot
 * tell whether the stored row is older, its position is read; where a change leaves cells alone,
 * the stored ones are read.
 *
 * <p>For one batch; not thread-safe.
 */
public final class UpsertPlanner {
  private final TableState state;
  private final TableBatch batch;
  private final boolean soft;
  private final TableShape shape;
  private final BatchMapping mapping;
  private final KeyMap keys;
  private final CommitClock clock;
  private final RowSet removed = new RowSet();
  private final List<NewRow> rows = new ArrayList<>();
  private final List<SoftDelete> marks = new ArrayList<>();
  private final List<KeyBits> removedKeys = new ArrayList<>();
  private RowSet truncated = new RowSet();
  private long upserted;
  private long deleted;
  private long stale;
  private long toastMerged;
  private long orphaned;

  /**
   * @param soft whether deletes mark rows
   * @param clock is told when the index has been asked
   */
  public UpsertPlanner(TableState state, TableBatch batch, boolean soft, CommitClock clock)
      throws IOException {
    this.state = state;
    this.batch = batch;
    this.soft = soft;
    this.clock = clock;
    this.shape = state.shape();
    this.mapping = new BatchMapping(batch, shape);
    // A batch without changes knows no key; without an index there is none to keep up to date.
    this.keys =
        batch.schema().hasKey()
            ? state.keys(mapping.keyNames(), mapping.numbersAsText())
            : state.keys();
  }

  /** A change on its way through the steps. */
  private static final class Pending {
    RowChange change;
    final Object[] keyValues;
    final KeyBits key;
    Stored own;
    Stored movedFrom;
    Stored source;
    Object[] row;

    Pending(RowChange change, Object[] keyValues, KeyBits key) {
      this.change = change;
      this.keyValues = keyValues;
      this.key = key;
    }

    boolean isMove() {
      return change.formerRow() != null;
    }

    /** Values that count where no stored row can lend any; null where there are none. */
    Object[] lent() {
      return source != null || change.formerRow() == null ? null : change.formerRow().lent();
    }
  }

  /**
   * Plans the batch.
   *
   * @param sweepDue whether the batch's sweep is to be carried out
   */
  public BatchPlan plan(boolean sweepDue) throws IOException {
    Position remembered = state.truncatedBelow();
    Position floor = remembered;
    if (batch.truncateBelow().isPresent()) {
      floor = Position.max(floor, batch.truncateBelow().get());
      truncated = RowsBelow.below(batch.truncateBelow().get(), state);
      deleted += truncated.count();
      if (!soft) {
        removed.addAll(truncated);
      }
    }
    Position swept = sweepDue ? removedBelow() : Position.START;
    List<Pending> located = located(Position.max(floor, swept));
    settle(located, floor);
    List<Pending> pending = compare(located);
    merge(pending);
    pending.forEach(this::apply);
    if (soft && batch.truncateBelow().isPresent()) {
      truncated.removeAll(removed);
      mark(truncated, Operation.TRUNCATE, batch.truncateBelow().get());
    }
    if (sweepDue && batch.sweep().isPresent()) {
      sweep(batch.sweep().get());
    }
    floor = Position.max(floor, swept);
    return new BatchPlan(
        rows,
        marks,
        removed,
        removedKeys,
        remembered.isBelow(floor) ? Optional.of(floor) : Optional.empty(),
        new CommitReceipt(upserted, deleted, stale, toastMerged, orphaned));
  }

  private List<Pending> located(Position floor) {
    List<Pending> located = new ArrayList<>(batch.changes().size());
    List<KeyBits> wanted = new ArrayList<>(batch.changes().size());
    for (RowChange change : batch.changes()) {
      if (change.info().position().isBelow(floor)) {
        stale++;
        continue;
      }
      Object[] keyValues = mapping.key(change.key());
      KeyBits key = keys.encode(keyValues);
      located.add(new Pending(change, keyValues, key));
      wanted.add(key);
      if (hasFormerKey(change)) {
        wanted.add(keys.encode(mapping.key(change.formerRow().key())));
      }
    }
    if (located.isEmpty()) {
      return located;
    }
    clock.passed(Phase.PLAN);
    Stored[] found = state.find(wanted);
    clock.passed(Phase.LOOK_UP);
    int next = 0;
    for (Pending pending : located) {
      pending.own = kept(found[next++]);
      if (hasFormerKey(pending.change)) {
        pending.movedFrom = kept(found[next++]);
      }
    }
    return located;
  }

  private static boolean hasFormerKey(RowChange change) {
    return change.formerRow() != null && change.formerRow().key() != null;
  }

  /** Finishes the changes that depend on what is stored. */
  private void settle(List<Pending> located, Position floor) throws IOException {
    StoredRowStates standings = new StoredRowStates(state, floor);
    for (Pending pending : located) {
      Position position = pending.change.info().position();
      standings.want(pending.movedFrom, position);
      if (pending.change instanceof RowChange.ConditionalChange unsettled) {
        standings.want(pending.own, unsettled.steps().get(0).at());
      } else if (pending.change instanceof RowChange.Upsert u && u.createdAt() != null) {
        standings.want(pending.own, u.createdAt());
      } else if (isNotOlder(pending)) {
        standings.want(pending.own, position);
      }
    }
    standings.read();
    for (Pending pending : located) {
      Position position = pending.change.info().position();
      boolean onlyLive = pending.isMove() && pending.change.formerRow().lent() != null;
      if (pending.movedFrom != null && !standings.lends(pending.movedFrom, position, onlyLive)) {
        pending.movedFrom = null;
      }
      if (pending.change instanceof RowChange.ConditionalChange unsettled) {
        pending.change = unsettled.settle(standings.of(pending.own), batch.schema().size());
      } else if (pending.change instanceof RowChange.Upsert u && u.createdAt() != null) {
        pending.change = u.over(standings.of(pending.own));
      }
    }
    int before = located.size();
    located.removeIf(
        pending ->
            pending.change instanceof RowChange.Delete delete
                && isNotOlder(pending)
                && delete.spares(standings.of(pending.own)));
    stale += before - located.size();
  }

  /** Whether a row that is to be deleted may stand at the position of the delete. */
  private static boolean isNotOlder(Pending pending) {
    return pending.own != null
        && pending.change instanceof RowChange.Delete
        && !pending.own.file().bounds().allBelow(pending.change.info().position());
  }

  /** The stored row, or null where the batch's truncate takes it away. */
  private Stored kept(Stored found) {
    boolean gone = found != null && !soft && truncated.contains(found.file(), found.row());
    return gone ? null : found;
  }

  /** Drops changes that are older than the stored row, and finds who lends cells to the others. */
  private List<Pending> compare(List<Pending> located) throws IOException {
    List<Stored> undecided = new ArrayList<>();
    for (Pending pending : located) {
      Position position = pending.change.info().position();
      if (pending.own != null
          && (pending.isMove() || !pending.own.file().bounds().allAtOrBelow(position))) {
        undecided.add(pending.own);
      }
      if (pending.movedFrom != null) {
        undecided.add(pending.movedFrom);
      }
    }
    Map<Long, Position> positions = StoredCells.positions(state, undecided);
    List<Pending> current = new ArrayList<>(located.size());
    for (Pending pending : located) {
      Position position = pending.change.info().position();
      Position own = pending.own == null ? null : positions.get(pending.own.location());
      if (own != null && position.isBelow(own)) {
        stale++;
        continue;
      }
      if (!pending.isMove() || position.equals(own)) {
        pending.source = pending.own;
      } else if (pending.movedFrom != null) {
        Position old = positions.get(pending.movedFrom.location());
        pending.source = old != null && position.isBelow(old) ? null : pending.movedFrom;
      }
      current.add(pending);
    }
    return current;
  }

  /** Makes the rows that will be written, and fills their gaps from the stored rows. */
  private void merge(List<Pending> current) throws IOException {
    boolean[] needed = new boolean[shape.size()];
    List<Stored> sources = new ArrayList<>();
    for (Pending pending : current) {
      boolean written =
          pending.change instanceof RowChange.Upsert
              || soft && (pending.own != null || pending.change.cells() != null);
      if (!written) {
        continue;
      }
      requireSource(pending);
      Object[] cells = completed(pending.change.cells(), pending.lent());
      pending.row = mapping.row(cells, pending.change.key(), pending.keyValues);
      shape.stamp(pending.row, pending.change.info(), pending.change instanceof RowChange.Delete);
      boolean gaps = false;
      for (int i = 0; i < pending.row.length; i++) {
        if (pending.row[i] == BatchMapping.KEEP) {
          gaps = true;
          needed[i] |= pending.source != null;
        }
      }
      if (gaps && pending.source != null) {
        sources.add(pending.source);
      }
    }
    List<DeltaColumn> columns = new ArrayList<>();
    int[] placeOf = new int[shape.size()];
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        placeOf[i] = columns.size();
        columns.add(shape.columns().get(i));
      }
    }
    Map<Long, Object[]> cells =
        sources.isEmpty() ? Map.of() : StoredCells.read(state, sources, columns);
    for (Pending pending : current) {
      if (pending.row != null) {
        Object[] old = pending.source == null ? null : cells.get(pending.source.location());
        for (int i = 0; i < pending.row.length; i++) {
          if (pending.row[i] == BatchMapping.KEEP) {
            pending.row[i] = old == null ? null : old[placeOf[i]];
          }
        }
        mapping.requireStorable(pending.row, pending.change.key());
      }
    }
  }

  private static Object[] completed(Object[] cells, Object[] lent) {
    if (cells == null || lent == null) {
      return cells;
    }
    Object[] completed = cells.clone();
    for (int i = 0; i < cells.length; i++) {
      completed[i] = cells[i] == Cell.UNCHANGED ? lent[i] : cells[i];
    }
    return completed;
  }

  private void requireSource(Pending pending) {
    if (pending.source == null
        && pending.lent() == null
        && pending.change instanceof RowChange.Upsert upsert
        && hasUnchanged(upsert)) {
      throw new RecordException(
          "Table "
              + batch.table()
              + ", key "
              + upsert.key()
              + ": the change leaves columns "
              + mapping.unchanged(upsert.cells())
              + " untouched, but the row is not stored. Set REPLICA IDENTITY FULL at the source, or"
              + " have it reselect such columns.",
          batch.table(),
          upsert.key(),
          null);
    }
  }

  private void apply(Pending pending) {
    if (pending.own != null) {
      removed.add(pending.own.file(), pending.own.row());
    }
    if (pending.row != null) {
      rows.add(new NewRow(pending.row, pending.key));
    } else if (pending.own != null) {
      removedKeys.add(pending.key);
    }
    if (pending.change instanceof RowChange.Upsert upsert) {
      upserted++;
      toastMerged += hasUnchanged(upsert) ? 1 : 0;
    } else {
      deleted += pending.row != null || pending.own != null ? 1 : 0;
    }
  }

  /** Position below which the batch's sweep removes everything, also what comes later. */
  private Position removedBelow() {
    return batch
        .sweep()
        .filter(sweep -> sweep.mode() == Sweep.Mode.REMOVE)
        .map(Sweep::below)
        .orElse(Position.START);
  }

  private void sweep(Sweep sweep) throws IOException {
    RowSet old = RowsBelow.below(sweep.below(), state);
    old.removeAll(removed);
    orphaned += old.count();
    if (sweep.mode() == Sweep.Mode.REPORT) {
      return;
    }
    if (soft) {
      mark(old, Operation.DELETE, sweep.below());
    } else {
      removed.addAll(old);
    }
  }

  private void mark(RowSet old, Operation operation, Position at) {
    if (!old.isEmpty()) {
      marks.add(new SoftDelete(old, operation, at));
      removed.addAll(old);
    }
  }

  private static boolean hasUnchanged(RowChange.Upsert upsert) {
    for (Object cell : upsert.cells()) {
      if (cell == Cell.UNCHANGED) {
        return true;
      }
    }
    return false;
  }
}
