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
    if (change != null && change.formerRow() != null && hasUnchanged(change)) {
      lent(change.formerRow(), before, values);
    } else if (span.source() != null) {
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

  private void lent(FormerRow former, List<MemoryVersion> before, Map<String, Object> values) {
    MemoryVersion row = at(former.key(), former.at(), before);
    if (row != null) {
      values.putAll(row.values());
    } else {
      RowSchema schema = batch.schema();
      for (int i = 0; i < schema.size(); i++) {
        values.put(schema.column(i).name(), former.lent()[i]);
      }
    }
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
    return at(former.key(), former.at(), table.versions()) != null;
  }

  /** The version of a key that a change at a position has found; null where there was none. */
  private static MemoryVersion at(RowKey key, Position at, List<MemoryVersion> versions) {
    return versions.stream()
        .filter(
            each -> each.key().equals(key) && !Version.behind(at).isBelow(each.version().opened()))
        .max(Comparator.comparing(each -> each.version().opened()))
        .filter(each -> each.version().foundBy(at).live())
        .orElse(null);
  }
}
