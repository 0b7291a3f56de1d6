// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.version.KeyVersions;
import io.lakehousecdc.sink.version.Span;
import io.lakehousecdc.sink.version.Version;
import io.lakehousecdc.sink.version.VersionPlanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The planner of a batch in history mode against one version of a table. The stored versions of its
 * keys are found ({@link KeyHistories}), the changes put among them ({@link VersionPlanner}), and
 * what has changed is written: a stored version goes from its place and comes as a new row. Of a
 * key the index knows the current version. Truncates are applied before the changes, a sweep after
 * them.
 *
 * <p>For one batch; not thread-safe.
 */
public final class HistoryPlanner {
  private final TableState state;
  private final StoredCells stored;
  private final TableBatch batch;
  private final TableOptions options;
  private final HistoryOptions history;
  private final Histories sources;
  private final BatchMapping mapping;
  private final KeyMap keys;
  private final CommitClock clock;
  private final RowSet removed = new RowSet();
  private final List<RowUpdate> updates = new ArrayList<>();
  private final List<KeyBits> removedKeys = new ArrayList<>();
  private long truncated;
  private long orphaned;

  /**
   * @param stored reads the current versions of the batch's keys
   * @param sources tell which of them remembered truncates hold for
   * @param clock is told when the index has been asked
   */
  public HistoryPlanner(
      TableState state,
      StoredCells stored,
      TableBatch batch,
      TableOptions options,
      Histories sources,
      CommitClock clock)
      throws IOException {
    this.state = state;
    this.stored = stored;
    this.batch = batch;
    this.options = options;
    this.history = options.history().orElseThrow();
    this.sources = sources;
    this.clock = clock;
    this.mapping = new BatchMapping(batch, state.shape(), options.schemalessTime());
    this.keys =
        batch.schema().hasKey()
            ? state.keys(mapping.keyNames(), mapping.numbersAsText())
            : state.keys();
  }

  /**
   * Plans the batch.
   *
   * @param due the batch's sweep, where it is to be carried out
   */
  public BatchPlan plan(Optional<Sweep> due) throws IOException {
    RememberedFloors remembered = state.floors();
    List<Floor> swept = due.filter(HistoryPlanner::removes).map(Sweep::floor).stream().toList();
    Floors floors =
        new Floors(remembered.floors(sources, options.relation()))
            .and(batch.truncates())
            .and(swept);
    OneSourceTable.require(batch, floors, sources);
    List<Floor> truncates =
        batch.truncates().stream().sorted(Comparator.comparing(Floor::at)).toList();
    EndedVersions ended = new VersionEndings(state).by(truncates);

    truncates.forEach(floor -> truncated += ended.by(floor).count());
    TableBatch settled = settled(ended);
    KeyHistories histories = new KeyHistories(state, settled, history.since(), mapping, keys);
    Outlines outlines = read(histories, settled, ended);
    VersionPlanner planner = new VersionPlanner(settled, floors.all(), history, histories);
    List<KeyVersions> plan = planner.plan();
    VersionRows rows = new VersionRows(state.shape(), mapping, outlines, planner, histories);
    plan.forEach(key -> write(key, histories, swept, rows));

    truncates.forEach(floor -> end(ended.by(floor), floor));
    if (due.isPresent()) {
      sweep(due.get());
    }
    return new BatchPlan(
        rows.complete(),
        rows.lent(),
        updates,
        removed,
        removedKeys,
        Optional.of(remembered.withAll(batch.truncates()).withAll(swept))
            .filter(next -> !next.equals(remembered)),
        planner.receipt().plus(new CommitReceipt(0, truncated, 0, 0, orphaned)));
  }

  private Outlines read(KeyHistories histories, TableBatch of, EndedVersions ended)
      throws IOException {
    Outlines outlines =
        new Outlines(of, history, state.shape(), mapping, change -> histories.of(change).key());
    histories.read(stored, ended, outlines, clock);
    return outlines;
  }

  /** The batch, of which no change depends on a passed key. */
  private TableBatch settled(EndedVersions ended) throws IOException {
    Set<RowKey> passed = PassedKeys.of(batch.changes());
    if (passed.isEmpty()) {
      return batch;
    }
    List<RowChange> changes =
        batch.changes().stream().filter(change -> passed.contains(change.key())).toList();
    TableBatch part = batch.withRows(batch.schema(), changes);
    KeyHistories histories = new KeyHistories(state, part, history.since(), mapping, keys);
    read(histories, part, ended);
    return batch.withRows(
        batch.schema(),
        PassedKeys.settled(
            batch.changes(), former -> Version.found(histories.of(former.key()), former.at())));
  }

  /**
   * Writes what has changed of a key.
   *
   * @param swept floor of the sweep that the batch carries out, or none
   */
  private void write(KeyVersions key, KeyHistories histories, List<Floor> swept, VersionRows rows) {
    RowChange change = batch.changes().get(key.change());
    boolean hasCurrent = false;
    List<Span> spans = key.spans();
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      boolean isNew = span.stored() == null;
      if (!isNew && !span.isChanged()) {
        hasCurrent |= span.stored().isCurrent();
        continue;
      }
      if (!isNew) {
        StoredRow place = histories.row(span.stored()).place();
        removed.add(place.file(), place.row());
      }
      if (!span.isRemoved()) {
        Version next = i + 1 < spans.size() ? spans.get(i + 1).version() : null;
        Version version = afterSweep(span.version(), next, swept);
        rows.add(change, span, version);
        hasCurrent |= version.isCurrent();
      }
    }
    KeyHistory known = histories.of(change);
    if (known.isIndexed() && !hasCurrent) {
      removedKeys.add(known.bits());
    }
  }

  private Version afterSweep(Version version, Version next, List<Floor> swept) {
    for (Floor floor : swept) {
      if (version.isEndedBy(floor, next)) {
        orphaned++;
        return version.endedBy(floor);
      }
    }
    return version;
  }

  /** Ends stored versions, but for those that the batch's changes have written again. */
  private void end(RowSet rows, Floor floor) {
    rows.removeAll(removed);
    if (!rows.isEmpty()) {
      updates.add(new VersionEnd(rows, floor));
      removed.addAll(rows);
    }
  }

  private void sweep(Sweep sweep) throws IOException {
    RowSet below = new VersionEndings(state).by(List.of(sweep.floor())).by(sweep.floor());
    below.removeAll(removed);
    orphaned += below.count();
    if (removes(sweep)) {
      end(below, sweep.floor());
    }
  }

  private static boolean removes(Sweep sweep) {
    return sweep.mode() == Sweep.Mode.REMOVE;
  }
}
