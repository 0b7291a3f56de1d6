// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
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
import java.util.Map;
import java.util.Optional;

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
    Map<Floor, RowSet> ended = EndedVersions.by(truncates, state);

    KeyHistories histories = new KeyHistories(state, batch, history.since(), mapping, keys);
    Outlines outlines =
        new Outlines(
            batch, history, state.shape(), mapping, change -> histories.of(change).key());
    histories.read(stored, truncates, outlines, clock);
    VersionPlanner planner = new VersionPlanner(batch, floors.all(), history, histories);
    List<KeyVersions> plan = planner.plan();
    VersionRows rows =
        new VersionRows(state.shape(), mapping, outlines, planner, histories);
    plan.forEach(key -> write(key, histories, swept, rows));

    ended.forEach((floor, gone) -> truncated += end(gone, floor));
    if (due.isPresent()) {
      sweep(due.get());
    }
    return new BatchPlan(
        rows.complete(),
        rows.lent(),
        updates,
        removed,
        removedKeys,
        Optional.of(remembered.with(batch.truncates()).with(swept))
            .filter(next -> !next.equals(remembered)),
        planner.receipt().plus(new CommitReceipt(0, truncated, 0, 0, orphaned)));
  }

  /**
   * Writes what has changed of a key.
   *
   * @param swept floor of the sweep that the batch carries out, or none
   */
  private void write(
      KeyVersions key, KeyHistories histories, List<Floor> swept, VersionRows rows) {
    RowChange change = batch.changes().get(key.change());
    boolean hasCurrent = false;
    for (Span span : key.spans()) {
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
        Version version = EndedVersions.end(span.version(), swept);
        orphaned += version.equals(span.version()) ? 0 : 1;
        rows.add(change, span, version);
        hasCurrent |= version.isCurrent();
      }
    }
    KeyHistory known = histories.of(change);
    if (known.isIndexed() && !hasCurrent) {
      removedKeys.add(known.bits());
    }
  }

  /**
   * Ends stored versions that the batch's changes have left alone.
   *
   * @return their number
   */
  private long end(RowSet gone, Floor floor) {
    gone.removeAll(removed);
    if (!gone.isEmpty()) {
      updates.add(new VersionEnd(gone, floor));
      removed.addAll(gone);
    }
    return gone.count();
  }

  private void sweep(Sweep sweep) throws IOException {
    RowSet below = EndedVersions.by(List.of(sweep.floor()), state).get(sweep.floor());
    below.removeAll(removed);
    orphaned += removes(sweep) ? end(below, sweep.floor()) : below.count();
  }

  private static boolean removes(Sweep sweep) {
    return sweep.mode() == Sweep.Mode.REMOVE;
  }
}
