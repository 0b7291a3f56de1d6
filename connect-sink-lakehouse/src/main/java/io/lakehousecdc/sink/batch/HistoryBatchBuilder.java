// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Merges the changes of one table into one change for each key and transaction (history mode).
 * Truncates make nothing void: what they end stays, as versions. Not thread-safe.
 */
public final class HistoryBatchBuilder implements BatchBuilder {
  private final TableId table;
  private final Map<RowKey, List<PendingRow>> pending = new LinkedHashMap<>();
  private final DepartedRows departed = new DepartedRows();
  private final ObservedSchemas observed = new ObservedSchemas();
  private final GrowingSchema schema = new GrowingSchema();
  private final Map<Position, Floor> truncates = new TreeMap<>();
  private final SkipCounter skips;

  /** What came again after later changes of its key: it is not the row that those have found. */
  private final Set<PendingRow> repeated = Collections.newSetFromMap(new IdentityHashMap<>());

  private Sweep sweep;

  /**
   * @param table target table
   */
  public HistoryBatchBuilder(TableId table) {
    this.table = table;
    this.skips = new SkipCounter(table);
  }

  @Override
  public boolean accepts(RowSchema incoming) {
    return schema.accepts(incoming);
  }

  @Override
  public void upsert(
      RowSchema from,
      RowKey key,
      Object[] cells,
      ChangeInfo info,
      TransactionVisibility visibility) {
    schema.add(from);
    observed.note(from, info, visibility);
    PendingRow row = rowOf(key, info);
    if (row.isBegun() && row.outdates(info, visibility)) {
      skips.outranked(key, info.position(), row.position());
      return;
    }
    DepartedRow arriving = departed.arriving(key, cells, info, visibility);
    Object[] known = arriving == null ? cells : arriving.complete(from, cells);
    Lender lender = arriving == null ? null : arriving.lender(info.position());
    row.upsert(from, known, lender, info, visibility, schema.union());
  }

  @Override
  public void delete(
      RowSchema from,
      RowKey key,
      Object[] before,
      ChangeInfo info,
      TransactionVisibility visibility) {
    schema.add(from);
    observed.note(from, info, visibility);
    PendingRow row = rowOf(key, info);
    if (row.isBegun() && row.outdates(info, visibility)) {
      skips.outranked(key, info.position(), row.position());
      return;
    }
    DepartedRow gone = row.delete(from, before, info, visibility);
    departed.add(info.position(), completed(key, row, gone));
  }

  @Override
  public void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {
    schema.add(from);
    List<PendingRow> rows = pending.getOrDefault(key, List.of());
    DepartedRow leaving =
        before != null
            ? DepartedRow.known(key, new RowImage(from, before, null))
            : rows.isEmpty()
                ? DepartedRow.stored(key)
                : departing(rows, rows.size() - 1, rows.get(rows.size() - 1).departing());
    departed.add(info.position(), leaving);
  }

  @Override
  public void truncate(Floor floor) {
    truncates.put(floor.at(), floor);
  }

  @Override
  public void sweep(Sweep completed) {
    sweep = completed;
  }

  @Override
  public Skips skips() {
    return skips.skips();
  }

  @Override
  public TableBatch build() {
    List<RowChange> changes = new ArrayList<>(pending.size());
    pending.values().forEach(rows -> addInOrder(rows, changes));
    return new TableBatch(
        table,
        schema.union(),
        changes,
        List.copyOf(truncates.values()),
        Optional.ofNullable(sweep),
        observed.all());
  }

  /**
   * Adds the changes of a key; each takes what it leaves alone from the one before it, or from the
   * row that lends to that one.
   */
  private void addInOrder(List<PendingRow> rows, List<RowChange> changes) {
    RowChange before = null;
    for (PendingRow row : rows) {
      RowChange change = row.change(schema.union());
      if (leavesValues(before) && change.formerRow() == null && change.cells() != null) {
        Object[] cells = CellMerge.merge(before.cells(), change.cells());
        FormerRow lender = CellMerge.hasUnchanged(cells) ? before.formerRow() : null;
        change = completed(change, cells, lender);
      }
      before = repeated.contains(row) ? before : change;
      changes.add(change);
    }
  }

  private static boolean leavesValues(RowChange change) {
    return change != null && !(change instanceof RowChange.Delete) && change.cells() != null;
  }

  private static RowChange completed(RowChange change, Object[] cells, FormerRow lender) {
    if (change instanceof Upsert upsert) {
      return new Upsert(upsert.key(), cells, upsert.info(), lender, upsert.createdAt());
    }
    if (change instanceof ConditionalChange conditional) {
      return new ConditionalChange(
          conditional.key(),
          cells,
          conditional.before(),
          conditional.info(),
          lender,
          conditional.steps());
    }
    return change;
  }

  /** A row that has left its key, with the values that transactions before have left. */
  private DepartedRow completed(RowKey key, PendingRow row, DepartedRow gone) {
    List<PendingRow> rows = pending.get(key);
    int before = rows.indexOf(row) - 1;
    return gone.knowsValues() ? completed(gone, rows, before) : departing(rows, before, gone);
  }

  /**
   * A row as a transaction has left it.
   *
   * @param index of the transaction; -1 for none
   * @param otherwise what counts where that has left none
   */
  private DepartedRow departing(List<PendingRow> rows, int index, DepartedRow otherwise) {
    int last = index;
    while (last >= 0 && repeated.contains(rows.get(last))) {
      last--;
    }
    return last >= 0 && rows.get(last).isLive()
        ? completed(rows.get(last).departing(), rows, last - 1)
        : otherwise;
  }

  /** A row with what it leaves unchanged, from the transaction of an index and those before. */
  private DepartedRow completed(DepartedRow row, List<PendingRow> rows, int index) {
    DepartedRow known = row;
    for (int i = index; i >= 0 && known.borrows(); i--) {
      PendingRow before = rows.get(i);
      if (!repeated.contains(before)) {
        if (!before.isLive()) {
          break;
        }
        known = known.over(before.departing(), schema.union());
      }
    }
    return known;
  }

  /**
   * What there is of the change's transaction; a new, empty one in its place otherwise. Those that
   * share a position stand in the order in which they came.
   */
  private PendingRow rowOf(RowKey key, ChangeInfo info) {
    List<PendingRow> rows = pending.computeIfAbsent(key, each -> new ArrayList<>(1));
    int index = rows.size();
    while (index > 0) {
      PendingRow row = rows.get(index - 1);
      if (isOfSameTransaction(row.last(), info)) {
        return row;
      }
      if (!info.position().isBelow(row.position())) {
        break;
      }
      index--;
    }
    PendingRow row = new PendingRow(key);
    if (index < rows.size() && info.delivery() == Delivery.AGAIN) {
      repeated.add(row);
    }
    rows.add(index, row);
    return row;
  }

  /** Rows of a snapshot share its position with the transaction that comes first after it. */
  private static boolean isOfSameTransaction(ChangeInfo a, ChangeInfo b) {
    return a.position().isOfSameTransaction(b.position())
        && a.commitMicros() == b.commitMicros()
        && (a.operation() == Operation.READ) == (b.operation() == Operation.READ);
  }
}
