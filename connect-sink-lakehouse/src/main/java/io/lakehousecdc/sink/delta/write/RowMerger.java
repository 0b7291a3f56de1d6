// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.batch.CellMerge;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.LentRows.LentRow;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.FirstSeen;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The maker of the rows that a batch writes: brings cells into the table's shape and fills in what
 * a change leaves alone from the stored row, reading each file once. For one batch; not
 * thread-safe.
 */
final class RowMerger {
  /** Heap for values of stored rows; rows that need more are completed while they are written. */
  private static final long LENT_BYTES = 16 << 20;

  private final TableState state;
  private final StoredCells stored;
  private final TableBatch batch;
  private final TableShape shape;
  private final BatchMapping mapping;
  private final DeleteMode deletes;
  private final StoredRowStates states;
  private final boolean[] needed;
  private final int[] placeOf;
  private final List<DeltaColumn> columns = new ArrayList<>();
  private final List<StoredRow> lenders = new ArrayList<>();

  /**
   * @param states of the stored rows that the changes are compared with
   */
  RowMerger(
      TableState state,
      StoredCells stored,
      TableBatch batch,
      BatchMapping mapping,
      DeleteMode deletes,
      StoredRowStates states) {
    this.states = states;
    this.state = state;
    this.stored = stored;
    this.batch = batch;
    this.shape = state.shape();
    this.mapping = mapping;
    this.deletes = deletes;
    this.needed = new boolean[shape.size()];
    this.placeOf = new int[shape.size()];
  }

  /**
   * The changes with their rows, in order.
   *
   * @throws RecordException a change cannot be stored
   */
  List<Merged> merge(List<Resolved> changes) throws IOException {
    Object[][] rows = new Object[changes.size()][];
    BitSet gaps = new BitSet(rows.length);
    for (int i = 0; i < rows.length; i++) {
      if (isWritten(changes.get(i))) {
        rows[i] = outline(changes.get(i));
        gaps.set(i, noteGaps(rows[i], changes.get(i).lender()));
      }
    }
    Map<Long, Object[]> cells = storedCells();
    List<Merged> merged = new ArrayList<>(rows.length);
    for (int i = 0; i < rows.length; i++) {
      Object[] row = rows[i];
      StoredRow lender = changes.get(i).lender();
      boolean waits = false;
      if (gaps.get(i)) {
        Object[] lent = lender == null ? null : cells.get(lender.location());
        waits = lender != null && lent == null;
        if (!waits) {
          LentRows.fill(row, lent, placeOf);
        }
      }
      if (row != null && !waits) {
        mapping.requireStorable(row, changes.get(i).located().change().key());
      }
      merged.add(new Merged(changes.get(i).located(), row, waits ? lender : null));
    }
    return merged;
  }

  /** Rows that wait for values, as {@link #merge} has told of them. */
  LentRows lent(List<LentRow> rows) {
    return rows.isEmpty() ? LentRows.NONE : new LentRows(rows, columns, placeOf, mapping);
  }

  /** A soft delete of a row that is not stored needs all values: else the row was never seen. */
  private boolean isWritten(Resolved change) {
    Located located = change.located();
    Object[] cells = located.change().cells();
    return located.change() instanceof RowChange.Upsert
        || deletes == DeleteMode.SOFT
            && (located.own() != null || cells != null && !CellMerge.hasUnchanged(cells));
  }

  /** The row as far as the change tells it, with {@link BatchMapping#KEEP} elsewhere. */
  private Object[] outline(Resolved resolved) {
    requireLender(resolved);
    RowChange change = resolved.located().change();
    Object[] cells = completed(change.cells(), resolved.lent());
    Object[] row = mapping.row(cells, change.key(), resolved.located().keyValues());
    ChangeInfo info = change.info();
    shape.stamp(row, info, change instanceof RowChange.Delete);
    shape.stampSeen(
        row,
        FirstSeen.of(info, deletes).over(states.firstSeen(resolved.located().own())),
        info.commitMicros());
    return row;
  }

  /** Whether values are missing; they will be read where a stored row lends them. */
  private boolean noteGaps(Object[] row, StoredRow lender) {
    boolean gaps = false;
    for (int i = 0; i < row.length; i++) {
      if (row[i] == BatchMapping.KEEP) {
        gaps = true;
        needed[i] |= lender != null;
      }
    }
    if (gaps && lender != null) {
      lenders.add(lender);
    }
    return gaps;
  }

  /** Cells of a change, with those of another row where it leaves them unchanged. */
  static Object[] completed(Object[] cells, Object[] lent) {
    if (cells == null || lent == null) {
      return cells;
    }
    Object[] completed = cells.clone();
    for (int i = 0; i < cells.length; i++) {
      completed[i] = cells[i] == Cell.UNCHANGED ? lent[i] : cells[i];
    }
    return completed;
  }

  private void requireLender(Resolved resolved) {
    Located located = resolved.located();
    if (resolved.lacksValues()) {
      RowChange change = located.change();
      throw new RecordException(
          "Table "
              + batch.table()
              + ", key "
              + batch.schema().keyNames()
              + ": the change leaves columns "
              + mapping.unchanged(change.cells())
              + " untouched, but the row is not stored. Set REPLICA IDENTITY FULL at the source, or"
              + " have it reselect such columns.",
          batch.table(),
          change.key(),
          null);
    }
  }

  /** What the lenders hold of the columns that any row lacks, as far as it fits. */
  private Map<Long, Object[]> storedCells() throws IOException {
    if (lenders.isEmpty()) {
      return Map.of();
    }
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        placeOf[i] = columns.size();
        columns.add(shape.columns().get(i));
      }
    }
    return stored.readSome(state, lenders, columns, LENT_BYTES);
  }
}
