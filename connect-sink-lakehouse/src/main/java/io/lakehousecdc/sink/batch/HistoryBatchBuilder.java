// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    departed.add(info.position(), gone.knowsValues() ? gone : departedBefore(key, row, gone));
  }

  @Override
  public void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {
    schema.add(from);
    List<PendingRow> rows = pending.getOrDefault(key, List.of());
    DepartedRow leaving =
        before != null
            ? DepartedRow.known(key, new RowImage(from, before, null))
            : rows.isEmpty() ? DepartedRow.stored(key) : rows.get(rows.size() - 1).departing();
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
      before = change;
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

  /** The values of a row that has left its key, as a transaction before has left them. */
  private DepartedRow departedBefore(RowKey key, PendingRow row, DepartedRow gone) {
    List<PendingRow> rows = pending.get(key);
    int index = rows.indexOf(row);
    return index > 0 && rows.get(index - 1).isLive() ? rows.get(index - 1).departing() : gone;
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
