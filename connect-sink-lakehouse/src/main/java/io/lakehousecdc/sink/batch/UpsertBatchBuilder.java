// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.PendingRow.Image;
import io.lakehousecdc.sink.batch.PendingRow.Leaving;
import io.lakehousecdc.sink.batch.PendingRow.Move;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds the changes of one table into one change per key. Two changes of a key merge cell by cell:
 * a cell that the later one does not know keeps the earlier one's value. Creates and deletes of a
 * key are counted, because under a deferrable constraint the last of them does not tell what is
 * left: see {@link RowCount}. Not thread-safe.
 */
public final class UpsertBatchBuilder implements BatchBuilder {
  private final TableId table;
  private final Map<RowKey, PendingRow> pending = new LinkedHashMap<>();
  private final Map<Position, Leaving> leaving = new HashMap<>();
  private final ObservedSchemas sightings = new ObservedSchemas();
  private final GrowingSchema schema = new GrowingSchema();
  private Position truncateBelow;
  private Sweep sweep;
  private long stale;

  /**
   * @param table target table
   */
  public UpsertBatchBuilder(TableId table) {
    this.table = table;
  }

  @Override
  public boolean accepts(RowSchema incoming) {
    return schema.accepts(incoming);
  }

  @Override
  public void upsert(
      RowSchema from, RowKey key, Object[] cells, ChangeInfo info, TransactionVisibility coverage) {
    schema.add(from);
    sightings.note(from, info, coverage);
    if (isTruncated(info)) {
      return;
    }
    PendingRow last = pending.get(key);
    if (last != null && info.position().isBelow(last.position())) {
      stale++;
      last.lendUnchanged(from, cells, info.position());
    } else if (last != null && last.isRepeatedBy(info, coverage)) {
      stale++;
    } else {
      Leaving left = leaving(key, cells, info, coverage);
      Object[] known = left == null ? cells : left.complete(from, cells);
      Move move = left == null ? null : left.move();
      if (last == null) {
        pending.put(key, PendingRow.upserted(from, key, known, move, info, coverage));
      } else {
        last.upsert(from, known, move, info, coverage, schema.union());
      }
    }
  }

  @Override
  public void delete(
      RowSchema from,
      RowKey key,
      Object[] before,
      ChangeInfo info,
      TransactionVisibility coverage) {
    schema.add(from);
    sightings.note(from, info, coverage);
    if (isTruncated(info)) {
      return;
    }
    PendingRow last = pending.get(key);
    if (last == null) {
      pending.put(key, PendingRow.deleted(from, key, before, info, coverage));
      leaving.put(info.position(), new Leaving(key, new Image(from, before, null), false));
    } else if (info.position().isBelow(last.position()) || last.isRepeatedBy(info, coverage)) {
      stale++;
    } else {
      leaving.put(info.position(), last.delete(from, before, info, coverage));
    }
  }

  @Override
  public void truncate(Position position) {
    truncateBelow = truncateBelow == null ? position : Position.max(truncateBelow, position);
    pending.values().removeIf(row -> row.position().isBelow(truncateBelow));
  }

  @Override
  public void sweep(Sweep completed) {
    sweep = completed;
  }

  @Override
  public long stale() {
    return stale;
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
        Optional.ofNullable(truncateBelow),
        Optional.ofNullable(sweep),
        sightings.all());
  }

  private boolean isTruncated(ChangeInfo info) {
    if (truncateBelow == null || !info.position().isBelow(truncateBelow)) {
      return false;
    }
    stale++;
    return true;
  }

  /**
   * A changed key arrives as a delete of the old key and a create of the new one at the same
   * position; the create does not repeat unchanged values, so they move over from the old row.
   *
   * @return the old row; null where nothing has to move
   */
  private Leaving leaving(
      RowKey key, Object[] cells, ChangeInfo info, TransactionVisibility coverage) {
    if (info.operation() != Operation.CREATE || !PendingRow.hasUnchanged(cells)) {
      return null;
    }
    Leaving left = leaving.get(info.position());
    if (left == null || key.equals(left.key())) {
      return coverage == TransactionVisibility.NONE ? null : Leaving.UNKNOWN;
    }
    return left;
  }
}
