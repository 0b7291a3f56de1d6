// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.version.StoredVersions;
import io.lakehousecdc.sink.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a table has stored of the keys of a batch: the current versions, which the index finds, and
 * those of the past that matter. For one batch; not thread-safe.
 */
final class KeyHistories implements StoredVersions {
  /**
   * Heap for the values of current versions; those beyond are read again while they are written.
   */
  private static final long HELD_BYTES = 32 << 20;

  private final TableState state;
  private final List<RowChange> changes;
  private final BatchMapping mapping;
  private final KeyMap keys;
  private final Map<RowKey, KeyHistory> byKey = new LinkedHashMap<>();
  private final Map<Version, VersionRow> rows = new IdentityHashMap<>();

  /**
   * @param keys index of the batch's key columns
   */
  KeyHistories(TableState state, TableBatch batch, Since since, BatchMapping mapping, KeyMap keys) {
    this.state = state;
    this.changes = batch.changes();
    this.mapping = mapping;
    this.keys = keys;
    for (int number = 0; number < changes.size(); number++) {
      RowChange change = changes.get(number);
      of(change).changed(number, change.info(), since);
    }
    for (RowChange change : changes) {
      FormerRow former = change.formerRow();
      if (former != null && former.key() != null) {
        history(former.key()).wanted(lentAt(change, former));
      }
    }
  }

  /** The history of a change's key. */
  KeyHistory of(RowChange change) {
    return history(change.key());
  }

  private KeyHistory history(RowKey key) {
    return byKey.computeIfAbsent(
        key,
        missing -> {
          Object[] values = mapping.key(missing);
          return new KeyHistory(values, keys.encode(values));
        });
  }

  /**
   * Finds the versions.
   *
   * @param truncated what truncates of the batch have ended
   * @param clock is told when the index has been asked
   */
  void read(StoredCells stored, EndedVersions truncated, Outlines outlines, CommitClock clock)
      throws IOException {
    if (byKey.isEmpty()) {
      return;
    }
    List<KeyHistory> all = List.copyOf(byKey.values());
    List<KeyBits> wanted = all.stream().map(KeyHistory::bits).toList();
    clock.passed(Phase.PLAN);
    StoredRow[] found = state.find(wanted);
    clock.passed(Phase.LOOK_UP);
    Map<Long, Integer> byPlace = new HashMap<>();
    List<StoredRow> current = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (found[i] != null) {
        byPlace.put(found[i].location(), i);
        current.add(found[i]);
      }
    }
    VersionColumns columns = state.shape().versions().orElseThrow();
    Taking taking =
        (place, values, held) -> {
          int number = byPlace.get(place);
          Version version = truncated.of(found[number], columns.of(values));
          VersionRow row = new VersionRow(found[number], version, held ? values : null);
          compare(all.get(number), row, values, outlines);
          all.get(number).addIndexed(row);
        };
    stored
        .readSome(
            state,
            current,
            state.shape().columns(),
            HELD_BYTES,
            (place, values) -> taking.take(place, values, false))
        .forEach((place, values) -> taking.take(place, values, true));
    new PastVersions(state, keys, truncated, outlines).addTo(all);
    all.forEach(each -> each.versions().forEach(row -> rows.put(row.version(), row)));
  }

  /** Takes a row that was read. */
  @FunctionalInterface
  private interface Taking {
    void take(long place, Object[] values, boolean held);
  }

  private static void compare(
      KeyHistory history, VersionRow row, Object[] values, Outlines outlines) {
    for (int number : history.changes()) {
      if (outlines.leaves(number, values)) {
        row.isLeftBy(number);
      }
    }
  }

  /** The row of a version that this has handed out. */
  VersionRow row(Version stored) {
    return rows.get(stored);
  }

  @Override
  public List<Version> of(RowKey key) {
    return byKey.get(key).versions().stream().map(VersionRow::version).toList();
  }

  @Override
  public boolean isSame(int number, Version stored) {
    return rows.get(stored).isSame(number);
  }

  @Override
  public boolean lends(int number, FormerRow former) {
    return lender(changes.get(number), former) != null;
  }

  /**
   * The version that lends its values to a row that has changed its key: of the row that left it,
   * and not of one that took the key over in the same transaction. Null where there is none.
   */
  VersionRow lender(RowChange change, FormerRow former) {
    if (former.key() == null) {
      return null;
    }
    Position at = lentAt(change, former);
    List<VersionRow> versions = byKey.get(former.key()).versions();
    for (int i = versions.size() - 1; i >= 0; i--) {
      Version version = versions.get(i).version();
      if (!Version.behind(at).isBelow(version.opened())) {
        StoredRowState row = version.foundBy(at);
        if (row.live() && former.isLentBy(row, change.info().position())) {
          return versions.get(i);
        }
        if (!row.isTakeover() || !version.opened().isOfSameTransaction(at)) {
          return null;
        }
      }
    }
    return null;
  }

  private static Position lentAt(RowChange change, FormerRow former) {
    return switch (former.cause()) {
      case CHANGED_KEY -> former.at();
      case LATE_CHANGE -> change.info().position();
    };
  }
}
