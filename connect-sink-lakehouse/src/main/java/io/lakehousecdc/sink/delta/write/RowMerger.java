// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The maker of the rows that a batch writes: brings cells into the table's shape and fills in what
 * a change leaves alone from the stored row, reading each file once. For one batch; not
 * thread-safe.
 */
final class RowMerger {
  private final TableState state;
  private final StoredCells stored;
  private final TableBatch batch;
  private final TableShape shape;
  private final BatchMapping mapping;
  private final DeleteMode deletes;
  private final boolean[] needed;
  private final List<StoredRow> lenders = new ArrayList<>();

  RowMerger(
      TableState state,
      StoredCells stored,
      TableBatch batch,
      BatchMapping mapping,
      DeleteMode deletes) {
    this.state = state;
    this.stored = stored;
    this.batch = batch;
    this.shape = state.shape();
    this.mapping = mapping;
    this.deletes = deletes;
    this.needed = new boolean[shape.size()];
  }

  /**
   * The changes with their rows, in order.
   *
   * @throws RecordException a change cannot be stored
   */
  List<Merged> merge(List<Resolved> changes) throws IOException {
    List<Merged> merged = new ArrayList<>(changes.size());
    for (Resolved change : changes) {
      merged.add(new Merged(change.located(), isWritten(change) ? outline(change) : null));
    }
    int[] placeOf = new int[needed.length];
    Map<Long, Object[]> cells = storedCells(placeOf);
    for (int i = 0; i < changes.size(); i++) {
      Object[] row = merged.get(i).row();
      if (row != null) {
        StoredRow lender = changes.get(i).lender();
        fill(row, lender == null ? null : cells.get(lender.location()), placeOf);
        mapping.requireStorable(row, changes.get(i).located().change().key());
      }
    }
    return merged;
  }

  private boolean isWritten(Resolved change) {
    Located located = change.located();
    return located.change() instanceof RowChange.Upsert
        || deletes == DeleteMode.SOFT
            && (located.own() != null || located.change().cells() != null);
  }

  /** The row as far as the change tells it, with {@link BatchMapping#KEEP} elsewhere. */
  private Object[] outline(Resolved resolved) {
    requireLender(resolved);
    RowChange change = resolved.located().change();
    Object[] cells = completed(change.cells(), resolved.lent());
    Object[] row = mapping.row(cells, change.key(), resolved.located().keyValues());
    shape.stamp(row, change.info(), change instanceof RowChange.Delete);
    if (resolved.lender() != null) {
      boolean gaps = false;
      for (int i = 0; i < row.length; i++) {
        if (row[i] == BatchMapping.KEEP) {
          gaps = true;
          needed[i] = true;
        }
      }
      if (gaps) {
        lenders.add(resolved.lender());
      }
    }
    return row;
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

  /**
   * What the lenders hold of the columns that any row lacks.
   *
   * @param placeOf receives the place of each such column among the values
   */
  private Map<Long, Object[]> storedCells(int[] placeOf) throws IOException {
    if (lenders.isEmpty()) {
      return Map.of();
    }
    List<DeltaColumn> columns = new ArrayList<>();
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        placeOf[i] = columns.size();
        columns.add(shape.columns().get(i));
      }
    }
    return stored.read(state, lenders, columns);
  }

  private static void fill(Object[] row, Object[] stored, int[] placeOf) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] == BatchMapping.KEEP) {
        row[i] = stored == null ? null : stored[placeOf[i]];
      }
    }
  }
}
