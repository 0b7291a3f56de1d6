// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
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
  private final Map<RowKey, KeyTransactions> pending = new LinkedHashMap<>();
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
    PendingRow row = of(key).rowOf(info);
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
    KeyTransactions transactions = of(key);
    PendingRow row = transactions.rowOf(info);
    if (row.isBegun() && row.outdates(info, visibility)) {
      skips.outranked(key, info.position(), row.position());
      return;
    }
    DepartedRow gone = row.delete(from, before, info, visibility);
    departed.add(info.position(), transactions.completed(row, gone, schema.union()));
  }

  @Override
  public void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {
    schema.add(from);
    KeyTransactions transactions = pending.get(key);
    DepartedRow leaving =
        before != null
            ? DepartedRow.known(key, new RowImage(from, before, null))
            : transactions == null ? DepartedRow.stored(key) : transactions.leaving(schema.union());
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
    pending.values().forEach(each -> each.addTo(changes, schema.union()));
    return new TableBatch(
        table,
        schema.union(),
        changes,
        List.copyOf(truncates.values()),
        Optional.ofNullable(sweep),
        observed.all());
  }

  private KeyTransactions of(RowKey key) {
    return pending.computeIfAbsent(key, KeyTransactions::new);
  }
}
