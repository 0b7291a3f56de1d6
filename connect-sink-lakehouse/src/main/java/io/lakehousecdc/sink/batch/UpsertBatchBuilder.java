// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
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
 * Merges the changes of one table into one change per key, cell by cell: a cell that the later of
 * two changes does not know keeps the earlier one's value. Not thread-safe.
 */
public final class UpsertBatchBuilder implements BatchBuilder {
  private final TableId table;
  private final Map<RowKey, PendingRow> pending = new LinkedHashMap<>();
  private final DepartedRows departed = new DepartedRows();
  private final ObservedSchemas observed = new ObservedSchemas();
  private final GrowingSchema schema = new GrowingSchema();
  private final Map<Integer, Floor> truncates = new TreeMap<>();
  private Sweep sweep;
  private final SkipCounter skips;

  /**
   * @param table target table
   */
  public UpsertBatchBuilder(TableId table) {
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
    if (isTruncated(key, info)) {
      return;
    }
    PendingRow row = pending.get(key);
    if (row != null && row.outdates(info, visibility)) {
      skips.outranked(key, info.position(), row.position());
      row.lendUnchanged(from, cells, info.position());
      return;
    }
    DepartedRow arriving = departed.arriving(key, cells, info, visibility);
    Object[] known = arriving == null ? cells : arriving.complete(from, cells);
    Lender lender = arriving == null ? null : arriving.lender(info.position());
    PendingRow target = row == null ? add(key) : row;
    target.upsert(from, known, lender, info, visibility, schema.union());
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
    if (isTruncated(key, info)) {
      return;
    }
    PendingRow row = pending.get(key);
    if (row != null && row.outdates(info, visibility)) {
      skips.outranked(key, info.position(), row.position());
      return;
    }
    PendingRow target = row == null ? add(key) : row;
    departed.add(info.position(), target.delete(from, before, info, visibility));
  }

  @Override
  public void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {
    schema.add(from);
    PendingRow row = pending.get(key);
    DepartedRow leaving =
        before != null
            ? DepartedRow.known(key, new RowImage(from, before, null))
            : row == null ? DepartedRow.stored(key) : row.left();
    departed.add(info.position(), leaving);
  }

  @Override
  public void truncate(Floor floor) {
    truncates.merge(floor.at().epoch(), floor, Floor::max);
    pending.values().removeIf(row -> floor.covers(row.position(), row.commitMicros()));
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
    for (PendingRow row : pending.values()) {
      changes.add(row.change(schema.union()));
    }
    return new TableBatch(
        table,
        schema.union(),
        changes,
        List.copyOf(truncates.values()),
        Optional.ofNullable(sweep),
        observed.all());
  }

  private PendingRow add(RowKey key) {
    PendingRow row = new PendingRow(key);
    pending.put(key, row);
    return row;
  }

  private boolean isTruncated(RowKey key, ChangeInfo info) {
    if (truncates.isEmpty()) {
      return false; // Asked for every event: without an iterator.
    }
    for (Floor floor : truncates.values()) {
      if (floor.covers(info.position(), info.commitMicros())) {
        skips.below(floor, key, info.position());
        return true;
      }
    }
    return false;
  }
}
