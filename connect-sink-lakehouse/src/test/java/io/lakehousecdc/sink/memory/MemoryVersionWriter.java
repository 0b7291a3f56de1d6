// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.memory.MemoryTable.MemoryVersion;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.version.KeyVersions;
import io.lakehousecdc.sink.version.SameCells;
import io.lakehousecdc.sink.version.Span;
import io.lakehousecdc.sink.version.StoredVersions;
import io.lakehousecdc.sink.version.Version;
import io.lakehousecdc.sink.version.VersionPlanner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Applies one table's batch in history mode. Not thread-safe; for one batch. */
final class MemoryVersionWriter implements StoredVersions {
  private final MemoryTable table;
  private TableBatch batch;
  private final TableOptions options;
  private final HistoryOptions history;
  private final Histories histories;
  private long truncated;

  MemoryVersionWriter(
      MemoryTable table, TableBatch batch, TableOptions options, Histories histories) {
    this.table = table;
    this.batch = batch;
    this.options = options;
    this.history = options.history().orElseThrow();
    this.histories = histories;
  }

  /**
   * Applies the batch.
   *
   * @param snapshotCompleted whether the batch's sweep is due
   */
  CommitReceipt write(boolean snapshotCompleted) {
    for (Floor floor : batch.truncates()) {
      truncated += end(floor);
      table.remember(floor);
    }
    batch =
        batch.withRows(
            batch.schema(),
            PassedKeys.settled(
                batch.changes(), former -> Version.found(of(former.key()), former.at())));
    VersionPlanner planner =
        new VersionPlanner(batch, table.floors(histories, options.relation()), history, this);
    List<MemoryVersion> before = List.copyOf(table.versions());
    planner.plan().forEach(key -> write(key, planner, before));
    CommitReceipt receipt = planner.receipt().plus(new CommitReceipt(0, truncated, 0, 0, 0));
    return snapshotCompleted ? receipt.plus(sweep(batch.sweep().orElseThrow())) : receipt;
  }

  private CommitReceipt sweep(Sweep sweep) {
    long orphaned =
        table.versions().stream()
            .filter(each -> each.version().isEndedBy(sweep.floor(), next(each)))
            .count();
    if (sweep.mode() == Sweep.Mode.REMOVE) {
      end(sweep.floor());
      table.remember(sweep.floor());
    }
    return new CommitReceipt(0, 0, 0, 0, orphaned);
  }

  private long end(Floor floor) {
    long ended = 0;
    for (int i = 0; i < table.versions().size(); i++) {
      MemoryVersion stored = table.versions().get(i);
      if (stored.version().isEndedBy(floor, next(stored))) {
        table.versions().set(i, stored.as(stored.version().endedBy(floor)));
        ended++;
      }
    }
    return ended;
  }

  private Version next(MemoryVersion row) {
    return of(row.key()).stream()
        .filter(each -> row.version().opened().isBelow(each.opened()))
        .findFirst()
        .orElse(null);
  }

  private void write(KeyVersions key, VersionPlanner planner, List<MemoryVersion> before) {
    for (Span span : key.spans()) {
      table
          .versions()
          .removeIf(
              each ->
                  each.key().equals(key.key())
                      && span.stored() != null
                      && each.version().opened().equals(span.stored().opened()));
      if (!span.isRemoved()) {
        Map<String, Object> values = values(span, key.key(), planner, before);
        table.versions().add(new MemoryVersion(key.key(), span.version(), values));
      }
    }
  }

  private Map<String, Object> values(
      Span span, RowKey key, VersionPlanner planner, List<MemoryVersion> before) {
    Map<String, Object> values = new HashMap<>();
    RowChange change = span.values() == Span.STORED ? null : planner.change(span.values());
    boolean lent = change != null && hasUnchanged(change) && lent(change, before, values);
    if (!lent && span.source() != null) {
      before.stream()
          .filter(each -> each.key().equals(key))
          .filter(each -> each.version().opened().equals(span.source().opened()))
          .forEach(each -> values.putAll(each.values()));
    }
    if (change != null) {
      known(change, values, true);
    }
    if (span.update() != Span.STORED) {
      known(planner.change(span.update()), values, false);
    }
    return values;
  }

  private boolean lent(RowChange change, List<MemoryVersion> before, Map<String, Object> values) {
    FormerRow former = change.formerRow();
    if (former == null) {
      return false;
    }
    MemoryVersion row = lender(former, change.info().position(), before);
    if (row != null) {
      values.putAll(row.values());
    }
    return row != null;
  }

  private void known(RowChange change, Map<String, Object> values, boolean all) {
    RowSchema schema = batch.schema();
    for (int i = 0; i < schema.size(); i++) {
      String name = schema.column(i).name();
      Object cell = change.cells()[i];
      if (Cell.isKnown(cell) && (all || !history.tracked().includes(batch.table(), name))) {
        values.put(name, cell);
      }
    }
  }

  private static boolean hasUnchanged(RowChange change) {
    for (Object cell : change.cells()) {
      if (cell == Cell.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<Version> of(RowKey key) {
    return table.versions().stream()
        .filter(each -> each.key().equals(key))
        .map(MemoryVersion::version)
        .sorted(Comparator.comparing(Version::opened))
        .toList();
  }

  @Override
  public boolean isSame(int number, Version stored) {
    RowChange change = batch.changes().get(number);
    Object[] earlier = new Object[batch.schema().size()];
    List<MemoryVersion> rows = new ArrayList<>(table.versions());
    rows.removeIf(each -> !each.key().equals(change.key()) || !each.version().equals(stored));
    for (int i = 0; i < earlier.length; i++) {
      earlier[i] = rows.get(0).values().get(batch.schema().column(i).name());
    }
    return SameCells.isSame(VersionPlanner.tracked(batch, history), earlier, change.cells());
  }

  @Override
  public boolean lends(int number, FormerRow former) {
    Position borrower = batch.changes().get(number).info().position();
    return lender(former, borrower, table.versions()) != null;
  }

  /** The version of the row that has left a key; null where there is none. */
  private static MemoryVersion lender(
      FormerRow former, Position borrower, List<MemoryVersion> versions) {
    Position at = former.at();
    List<MemoryVersion> latestFirst =
        versions.stream()
            .filter(each -> each.key().equals(former.key()))
            .filter(each -> !Version.behind(at).isBelow(each.version().opened()))
            .sorted(
                Comparator.comparing((MemoryVersion each) -> each.version().opened()).reversed())
            .toList();
    for (MemoryVersion each : latestFirst) {
      StoredRowState row = each.version().foundBy(at);
      if (row.live() && former.isLentBy(row, borrower)) {
        return each;
      }
      if (!row.isTakeover() || !each.version().opened().isOfSameTransaction(at)) {
        return null;
      }
    }
    return null;
  }
}
