// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.CellMerge;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.memory.MemoryTable.MemoryRow;
import io.lakehousecdc.sink.memory.MemoryTable.Seen;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.FirstSeen;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Applies one table's batch, row by row. Not thread-safe; for one batch. */
final class MemoryWriter {
  private final MemoryTable table;
  private final TableBatch batch;
  private final TableOptions options;
  private final Histories histories;
  private final Map<RowKey, MemoryRow> before;
  private long upserted;
  private long deleted;
  private final SkipCounter skips;
  private long toastMerged;
  private long orphaned;

  MemoryWriter(MemoryTable table, TableBatch batch, TableOptions options, Histories histories) {
    this.table = table;
    this.skips = new SkipCounter(batch.table());
    this.histories = histories;
    this.batch = batch;
    this.options = options;
    this.before = new HashMap<>(table.current());
  }

  /**
   * Applies the batch.
   *
   * @param snapshotCompleted whether the batch's sweep is due
   */
  CommitReceipt write(boolean snapshotCompleted) {
    boolean append = options.writeMode() == WriteMode.APPEND;
    batch.truncates().forEach(this::truncate);
    List<Floor> floors = new ArrayList<>(table.floors(histories, options.relation()));
    List<Floor> swept = snapshotCompleted && !append ? swept() : List.of();
    floors.addAll(swept);
    List<RowChange> changes =
        append
            ? batch.changes()
            : PassedKeys.settled(batch.changes(), former -> standing(former.key()));
    for (RowChange each : changes) {
      RowChange change = append ? each : settled(each);
      if (append) {
        append(change);
      } else if (skips(change, floors)) {
        continue;
      } else if (change instanceof RowChange.Upsert upsert) {
        upsert(upsert);
      } else if (change instanceof RowChange.Delete delete) {
        delete(delete);
      }
    }
    if (snapshotCompleted && !append) {
      batch
          .sweep()
          .ifPresent(
              sweep -> {
                boolean remove = sweep.mode() == Sweep.Mode.REMOVE;
                orphaned = removeBelow(sweep.floor(), Operation.DELETE, remove);
              });
      swept.forEach(table::remember);
    }
    return new CommitReceipt(upserted, deleted, skips.skips(), toastMerged, orphaned);
  }

  private boolean skips(RowChange change, List<Floor> floors) {
    Position position = change.info().position();
    if (change instanceof RowChange.Delete d && d.spares(standing(d.key()))) {
      skips.outranked(change.key(), position, position);
      return true;
    }
    for (Floor floor : floors) {
      if (floor.covers(position, change.info().commitMicros())) {
        skips.below(floor, change.key(), position);
        return true;
      }
    }
    if (isStale(change)) {
      Position stored = table.current().get(change.key()).info().position();
      skips.outranked(change.key(), position, stored);
      return true;
    }
    if (isGone(change)) {
      skips.skip(SkipReason.NO_ROW, change.key(), position, null);
      return true;
    }
    return false;
  }

  /** What the batch's sweep removes, also what comes later. */
  private List<Floor> swept() {
    return batch.sweep().stream()
        .filter(sweep -> sweep.mode() == Sweep.Mode.REMOVE)
        .map(Sweep::floor)
        .toList();
  }

  private static boolean isBelow(List<Floor> floors, ChangeInfo info) {
    return floors.stream().anyMatch(floor -> floor.covers(info.position(), info.commitMicros()));
  }

  /** Whether the change came again, and the row that lends its unchanged values is gone since. */
  private boolean isGone(RowChange change) {
    return change.info().delivery() == Delivery.AGAIN
        && change instanceof RowChange.Upsert upsert
        && hasUnchanged(upsert)
        && source(upsert) == null
        && (upsert.formerRow() == null || upsert.formerRow().lent() == null);
  }

  private static boolean hasUnchanged(RowChange.Upsert upsert) {
    return Arrays.asList(upsert.cells()).contains(Cell.UNCHANGED);
  }

  /** The change, where it depends on what was stored before the batch: what it comes to. */
  private RowChange settled(RowChange change) {
    StoredRowState standing = standing(change.key());
    if (change instanceof RowChange.ConditionalChange unsettled) {
      return unsettled.settle(standing, batch.schema().size());
    }
    return change instanceof RowChange.Upsert upsert ? upsert.over(standing) : change;
  }

  private StoredRowState standing(RowKey key) {
    MemoryRow stored = table.current().containsKey(key) ? before.get(key) : null;
    if (stored == null || isBelow(table.floors(histories, options.relation()), stored.info())) {
      return StoredRowState.NONE;
    }
    return stateOf(stored);
  }

  private static StoredRowState stateOf(MemoryRow stored) {
    ChangeInfo info = stored.info();
    boolean live = !Boolean.TRUE.equals(stored.deleted());
    return new StoredRowState(info.position(), info.operation().code(), live);
  }

  private boolean isStale(RowChange change) {
    MemoryRow stored = table.current().get(change.key());
    return stored != null && change.info().position().isBelow(stored.info().position());
  }

  private void append(RowChange change) {
    boolean delete = change instanceof RowChange.Delete;
    Map<String, Object> values = new HashMap<>();
    known(change, values);
    table.log().add(new MemoryRow(values, change.info(), delete, null));
    upserted += delete ? 0 : 1;
    deleted += delete ? 1 : 0;
  }

  private void truncate(Floor floor) {
    deleted += removeBelow(floor, Operation.TRUNCATE, true);
    table.remember(floor);
  }

  private long removeBelow(Floor floor, Operation operation, boolean remove) {
    long count = 0;
    Iterator<Map.Entry<RowKey, MemoryRow>> rows = table.current().entrySet().iterator();
    while (rows.hasNext()) {
      Map.Entry<RowKey, MemoryRow> entry = rows.next();
      MemoryRow row = entry.getValue();
      if (!isBelow(List.of(floor), row.info()) || Boolean.TRUE.equals(row.deleted())) {
        continue;
      }
      count++;
      if (remove && soft()) {
        ChangeInfo info = new ChangeInfo(operation, floor.at(), row.info().commitMicros());
        entry.setValue(new MemoryRow(row.values(), info, true, row.seen()));
      } else if (remove) {
        rows.remove();
      }
    }
    return count;
  }

  private void upsert(RowChange.Upsert upsert) {
    Map<String, Object> values = new HashMap<>();
    boolean touchesAll = !hasUnchanged(upsert);
    MemoryRow source = source(upsert);
    Object[] lent = upsert.formerRow() == null ? null : upsert.formerRow().lent();
    if (source == null && !touchesAll && lent == null) {
      throw new RecordException(
          "Table "
              + batch.table()
              + ", key "
              + upsert.key()
              + ": the change leaves columns "
              + unchangedColumns(upsert.cells())
              + " untouched, but the row is not stored. Set REPLICA IDENTITY FULL at the source.",
          batch.table(),
          upsert.key(),
          null);
    }
    if (source != null) {
      values.putAll(source.values());
    } else if (lent != null) {
      known(new RowChange.Delete(upsert.key(), lent, upsert.info()), values);
    }
    known(upsert, values);
    table
        .current()
        .put(
            upsert.key(),
            new MemoryRow(values, upsert.info(), soft() ? false : null, seen(upsert)));
    upserted++;
    toastMerged += touchesAll ? 0 : 1;
  }

  /** The stored row that lends its values to cells that are not known. */
  private MemoryRow source(RowChange.Upsert upsert) {
    MemoryRow own = before.get(upsert.key());
    if (upsert.formerRow() == null
        || own != null && own.info().position().equals(upsert.info().position())) {
      return table.current().containsKey(upsert.key()) ? own : null;
    }
    MemoryRow old = before.get(upsert.formerRow().key());
    boolean lends =
        old != null && upsert.formerRow().isLentBy(stateOf(old), upsert.info().position());
    return lends ? old : null;
  }

  private void delete(RowChange.Delete delete) {
    MemoryRow stored = table.current().get(delete.key());
    if (stored == null && delete.expectsRow()) {
      skips.skip(SkipReason.NOTHING_TO_DELETE, delete.key(), delete.info().position(), null);
    } else if (options.deleteMode() == DeleteMode.HARD) {
      deleted += table.current().remove(delete.key()) == null ? 0 : 1;
    } else if (stored != null
        || delete.cells() != null && !CellMerge.hasUnchanged(delete.cells())) {
      Map<String, Object> values = new HashMap<>(stored == null ? Map.of() : stored.values());
      known(delete, values);
      table.current().put(delete.key(), new MemoryRow(values, delete.info(), true, seen(delete)));
      deleted++;
    }
  }

  private void known(RowChange change, Map<String, Object> values) {
    RowSchema schema = batch.schema();
    for (int i = 0; change.cells() != null && i < schema.size(); i++) {
      if (Cell.isKnown(change.cells()[i])) {
        values.put(schema.column(i).name(), change.cells()[i]);
      }
    }
    for (int i = 0; i < schema.keyColumns().size(); i++) {
      values.put(schema.column(schema.keyColumns().get(i)).name(), change.key().value(i));
    }
  }

  private String unchangedColumns(Object[] cells) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == Cell.UNCHANGED) {
        names.append(names.isEmpty() ? "" : ", ").append(batch.schema().column(i).name());
      }
    }
    return names.toString();
  }

  private Seen seen(RowChange change) {
    ChangeInfo info = change.info();
    MemoryRow stored = table.current().get(change.key());
    long known = stored == null ? 0 : stored.seen().first();
    long first = FirstSeen.of(info, options.deleteMode()).over(known);
    return new Seen(
        options.metadata().firstSeen().isPresent() ? first : 0,
        options.metadata().lastSeen().isPresent() ? info.commitMicros() : 0);
  }

  private boolean soft() {
    return options.deleteMode() == DeleteMode.SOFT;
  }
}
