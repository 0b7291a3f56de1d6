// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.LentRows.LentRow;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The planner of a batch in upsert mode against one version of a table. Each change goes through
 * three steps: the index finds its stored rows ({@link Located}); where it takes effect, a stored
 * row lends it values ({@link Resolved}); and its row is complete ({@link Merged}). Each file is
 * read at most once for the states of rows, and once for their values.
 *
 * <p>For one batch; not thread-safe.
 */
public final class UpsertPlanner {
  private final TableState state;
  private final StoredCells stored;
  private final TableBatch batch;
  private final TableOptions options;
  private final Histories histories;
  private final BatchMapping mapping;
  private final KeyMap keys;
  private final CommitClock clock;
  private final RowSet removed = new RowSet();
  private final List<NewRow> rows;
  private final List<LentRow> lent = new ArrayList<>();
  private final List<RowUpdate> softDeletes = new ArrayList<>();
  private final List<KeyBits> removedKeys = new ArrayList<>();
  private long upserted;
  private long deleted;
  private long toastMerged;
  private long orphaned;

  /**
   * @param stored reads the rows that the batch's changes are compared with or take values from
   * @param histories tell which of them remembered truncates hold for
   * @param clock is told when the index has been asked
   */
  public UpsertPlanner(
      TableState state,
      StoredCells stored,
      TableBatch batch,
      TableOptions options,
      Histories histories,
      CommitClock clock)
      throws IOException {
    this.state = state;
    this.stored = stored;
    this.batch = batch;
    this.rows = new ArrayList<>(batch.changes().size());
    this.options = options;
    this.histories = histories;
    this.clock = clock;
    this.mapping = new BatchMapping(batch, state.shape(), options.schemalessTime());
    // A batch without changes knows no key; without an index there is none to keep up to date.
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
    List<Floor> swept = due.filter(UpsertPlanner::removes).map(Sweep::floor).stream().toList();
    Floors truncates = before(remembered, swept).and(batch.truncates());
    OneSourceTable.require(batch, truncates.and(swept), histories);
    Map<Floor, RowSet> truncated = truncated();
    if (!isSoft()) {
      truncated.values().forEach(removed::addAll);
    }
    SkipCounter skips = new SkipCounter(batch.table());
    StoredRowStates states = new StoredRowStates(state, stored, truncates);
    List<Resolved> changes = resolved(states, truncates.and(swept), skips);
    RowMerger merger = new RowMerger(state, stored, batch, mapping, options.deleteMode(), states);
    merger.merge(changes).forEach(merged -> apply(merged, skips));
    if (isSoft()) {
      truncated.forEach(
          (floor, gone) -> {
            gone.removeAll(removed);
            deleteSoftly(gone, Operation.TRUNCATE, floor.at());
          });
    }
    if (due.isPresent()) {
      sweep(due.get());
    }
    return new BatchPlan(
        rows,
        merger.lent(lent),
        softDeletes,
        removed,
        removedKeys,
        Optional.of(remembered.with(batch.truncates()).with(swept))
            .filter(floors -> !floors.equals(remembered)),
        new CommitReceipt(upserted, deleted, skips.skips(), toastMerged, orphaned));
  }

  /**
   * Remembered floors but for the sweep's own, which a piece of it may have left: rows below it
   * that the batch changes are not swept, and lend values.
   */
  private Floors before(RememberedFloors remembered, List<Floor> swept) {
    return new Floors(
        remembered.floors(histories, options.relation()).stream()
            .filter(floor -> swept.stream().noneMatch(own -> own.at().equals(floor.at())))
            .toList());
  }

  private boolean isSoft() {
    return options.deleteMode() == DeleteMode.SOFT;
  }

  /** Stored rows that the batch's truncates take away, each by one of them. */
  private Map<Floor, RowSet> truncated() throws IOException {
    Map<Floor, RowSet> truncated = new LinkedHashMap<>();
    for (Floor floor : batch.truncates()) {
      RowSet rows = CoveredRows.below(floor, state);
      truncated.values().forEach(rows::removeAll);
      truncated.put(floor, rows);
      deleted += rows.count();
    }
    return truncated;
  }

  /**
   * The changes that take effect.
   *
   * @param states has read, at the end, the stored rows that they are compared with
   * @param floors changes below them do not take effect
   * @param skips told of those that do not
   */
  private List<Resolved> resolved(StoredRowStates states, Floors floors, SkipCounter skips)
      throws IOException {
    ChangeLocator locator = new ChangeLocator(state, mapping, keys, clock);
    List<RowChange> changes = settled(locator, floors);
    List<Located> located = locator.locate(changes, floors, removed, skips);
    SharedKeys sharedKeys = new SharedKeys(states, batch.schema().size());
    PositionGuard guard = new PositionGuard(states);
    for (Located change : located) {
      sharedKeys.ask(change);
      guard.ask(change);
      if (change.own() != null) {
        states.wantFirstSeen(change.own());
      }
    }
    states.read();
    return guard.resolve(sharedKeys.plain(located, skips), skips);
  }

  /** The batch's changes, none of which depends on a passed key. */
  private List<RowChange> settled(ChangeLocator locator, Floors floors) throws IOException {
    Set<RowKey> passed = PassedKeys.of(batch.changes());
    if (passed.isEmpty()) {
      return batch.changes();
    }
    List<RowChange> changes =
        batch.changes().stream().filter(change -> passed.contains(change.key())).toList();
    SkipCounter counted = new SkipCounter(batch.table());
    List<Located> located = locator.locate(changes, floors, removed, counted);
    StoredRowStates states = new StoredRowStates(state, stored, floors);
    located.stream().filter(each -> each.own() != null).forEach(each -> states.want(each.own()));
    states.read();
    Map<RowKey, StoredRowState> byKey = new HashMap<>();
    located.forEach(each -> byKey.put(each.change().key(), states.of(each.own())));
    return PassedKeys.settled(
        batch.changes(), former -> byKey.getOrDefault(former.key(), StoredRowState.NONE));
  }

  private void apply(Merged merged, SkipCounter skips) {
    Located located = merged.located();
    boolean replaces = located.own() != null;
    boolean writes = merged.row() != null;
    if (replaces) {
      removed.add(located.own().file(), located.own().row());
    }
    if (writes && merged.lender() != null) {
      lent.add(new LentRow(merged.row(), located.key(), located.change().key(), merged.lender()));
    } else if (writes) {
      rows.add(new NewRow(merged.row(), located.key()));
    } else if (replaces) {
      removedKeys.add(located.key());
    }
    if (located.change() instanceof RowChange.Upsert) {
      upserted++;
      toastMerged += located.hasUnchangedCells() ? 1 : 0;
    } else {
      deleted += writes || replaces ? 1 : 0;
      if (!writes && !replaces && ((RowChange.Delete) located.change()).expectsRow()) {
        skips.skip(SkipReason.NOTHING_TO_DELETE, located.change().key(), located.position(), null);
      }
    }
  }

  /** Whether the sweep removes what it finds, and with it everything older that comes later. */
  private static boolean removes(Sweep sweep) {
    return sweep.mode() == Sweep.Mode.REMOVE;
  }

  private void sweep(Sweep sweep) throws IOException {
    RowSet old = CoveredRows.below(sweep.floor(), state);
    old.removeAll(removed);
    orphaned += old.count();
    if (!removes(sweep)) {
      return;
    }
    if (isSoft()) {
      deleteSoftly(old, Operation.DELETE, sweep.below());
    } else {
      removed.addAll(old);
    }
  }

  private void deleteSoftly(RowSet old, Operation operation, Position at) {
    if (!old.isEmpty()) {
      softDeletes.add(new SoftDelete(old, operation, at));
      removed.addAll(old);
    }
  }
}
