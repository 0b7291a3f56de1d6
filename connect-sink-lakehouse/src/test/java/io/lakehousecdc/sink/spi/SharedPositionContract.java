// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Versions of rows whose changes share a position: those of a blocking snapshot carry that at which
 * streaming has paused, and the streamed change before or after them may have the same. Times are
 * in seconds of the source.
 */
interface SharedPositionContract extends Warehouse {

  /** Commit LSN and LSN that are shared. */
  Position SHARED = new Position(0, 40, 56);

  /** A change of row 1; {@code name} is null for a delete. */
  record Event(Operation operation, Position at, long second, String name) {
    static Event create(long lsn, long second, String name) {
      return new Event(Operation.CREATE, new Position(0, lsn - 1, lsn), second, name);
    }

    static Event read(long second, String name) {
      return new Event(Operation.READ, SHARED, second, name);
    }

    static Event update(long lsn, long second, String name) {
      return new Event(Operation.UPDATE, new Position(0, 40, lsn), second, name);
    }

    /** A change of the transaction after the next. */
    static Event next(long second, String name) {
      return new Event(Operation.UPDATE, new Position(0, 120, 128), second, name);
    }

    static Event delete(long lsn, long second) {
      return new Event(Operation.DELETE, new Position(0, 40, lsn), second, null);
    }
  }

  /** The snapshot is read after the transaction; the row changes again in that. */
  @Test
  default void snapshotAmidATransactionEndsInItsLastValue() {
    Event old = Event.create(8, 10, "old");
    Event latest = Event.update(96, 20, "latest");
    Event read = Event.read(30, "latest");
    for (long lsn : new long[] {48, 56, 64}) {
      Event between = Event.update(lsn, 20, "between");
      List<Event> order =
          lsn > SHARED.lsn()
              ? List.of(old, read, between, latest)
              : List.of(old, between, read, latest);
      everyCutOf(
          order,
          "amid_" + lsn,
          (table, cut) -> {
            assertThat(current(table)).as("current row, cut %s", cut).containsExactly("latest");
            assertThat(names(table)).as("versions, cut %s", cut).startsWith("old");
          });
    }
  }

  @Test
  default void firstChangeAfterASnapshotAtItsPositionMakesAVersion() {
    everyCutMakes(
        List.of(Event.read(20, "read"), Event.update(56, 30, "changed")),
        "first",
        row("read", 20_000_000L, 30_000_000L, false),
        row("changed", 30_000_000L, null, true));
  }

  @Test
  default void firstDeleteAfterASnapshotAtItsPositionEndsTheRow() {
    everyCutMakes(
        List.of(Event.read(20, "read"), Event.delete(56, 30)),
        "deleted",
        row("read", 20_000_000L, 30_000_000L, false));
  }

  /** The first snapshot found what was stored. */
  @Test
  default void changeAtThePositionAtWhichARowWasFoundUnchangedMakesAVersion() {
    everyCutMakes(
        List.of(Event.create(8, 10, "old"), Event.read(20, "old"), Event.update(56, 30, "changed")),
        "unchanged",
        row("old", 10_000_000L, 30_000_000L, false),
        row("changed", 30_000_000L, null, true));
  }

  /** What the row has more than the change comes with later ones. */
  @Test
  default void snapshotAtThePositionOfAChangeMakesNoVersion() {
    everyCutMakes(
        List.of(Event.update(56, 10, "changed"), Event.read(20, "next"), Event.next(20, "next")),
        "streamed",
        row("changed", 10_000_000L, 20_000_000L, false),
        row("next", 20_000_000L, null, true));
  }

  @Test
  default void snapshotAtThePositionOfADeleteResurrectsNoRow() {
    everyCutMakes(
        List.of(Event.create(8, 5, "old"), Event.delete(56, 10), Event.read(20, "old")),
        "gone",
        row("old", 5_000_000L, 10_000_000L, false));
  }

  /** The time of a row is that of its reading, which may be later than the next commit. */
  @Test
  default void rowReadAfterTheChangeThatFollowsItIsTheOlderOne() {
    List<Event> read = List.of(Event.create(8, 5, "old"), Event.read(50, "old"));
    everyCutMakes(
        List.of(read.get(0), read.get(1), Event.delete(56, 30)),
        "lagging_delete",
        row("old", 5_000_000L, 30_000_000L, false));
    everyCutMakes(
        List.of(read.get(0), read.get(1), Event.update(56, 30, "changed")),
        "lagging_update",
        row("old", 5_000_000L, 30_000_000L, false),
        row("changed", 30_000_000L, null, true));
  }

  /** The first change of the transaction leaves the row as it is. */
  @Test
  default void transactionAfterASnapshotIsNotTheOneThatOpenedItsRow() {
    everyCutMakes(
        List.of(Event.read(20, "read"), Event.update(56, 30, "read"), Event.delete(96, 30)),
        "unchanged_first",
        row("read", 20_000_000L, 30_000_000L, false));
    everyCutMakes(
        List.of(
            Event.read(20, "read"), Event.update(56, 30, "read"), Event.update(96, 30, "changed")),
        "changed_then",
        row("read", 20_000_000L, 30_000_000L, false),
        row("changed", 30_000_000L, null, true));
  }

  @Test
  default void laterOneOfTwoSnapshotsAtOnePositionCounts() {
    everyCutOf(
        List.of(Event.read(20, "first"), Event.read(30, "second")),
        "snapshots",
        (table, cut) -> {
          assertThat(current(table)).as("cut %s", cut).containsExactly("second");
          assertThat(names(table)).as("cut %s", cut).endsWith("second");
        });
  }

  @Test
  default void threeChangesAtOnePositionEndInTheLast() {
    everyCutOf(
        List.of(Event.update(56, 10, "a"), Event.read(20, "b"), Event.update(56, 30, "c")),
        "three",
        (table, cut) -> assertThat(current(table)).as("cut %s", cut).containsExactly("c"));
  }

  /** What is checked of a table, and how the events were cut. */
  @FunctionalInterface
  interface Check {
    void of(TableId table, String cut);
  }

  /** Applies the events in every cut, and once more; checks after both. */
  private void everyCutOf(List<Event> events, String name, Check check) {
    for (int cuts = 0; cuts < Cuts.of(events.size()); cuts++) {
      TableId table = new TableId("shop", name + "_" + cuts);
      PartitionOwner owner = owner(TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT));
      for (String pass : List.of("first", "again")) {
        for (List<Event> batch : Cuts.apply(cuts, events)) {
          HistoryBatchBuilder builder = new HistoryBatchBuilder(table);
          batch.forEach(event -> add(event, builder));
          owner.commit(builder.build());
        }
        check.of(table, Integer.toBinaryString(cuts) + " " + pass);
      }
    }
  }

  private static void add(Event event, HistoryBatchBuilder builder) {
    ChangeInfo info = new ChangeInfo(event.operation, event.at, event.second * 1_000_000);
    RowKey key = RowKey.of(1);
    if (event.operation == Operation.DELETE) {
      builder.delete(ITEM, key, null, info, TransactionVisibility.NONE);
    } else {
      Object[] cells = {1, event.name, "x", 1L};
      builder.upsert(ITEM, key, cells, info, TransactionVisibility.NONE);
    }
  }

  /** Asserts that the versions are these, whatever the cut. */
  @SafeVarargs
  private void everyCutMakes(List<Event> events, String name, List<Object>... versions) {
    everyCutOf(
        events,
        name,
        (table, cut) ->
            assertThatRows(table, "name", "valid_from", "valid_to", "is_current")
                .areExactly(versions));
  }

  private List<Object> names(TableId table) {
    return rows(table).stream()
        .sorted(
            Comparator.comparing((Map<String, Object> row) -> (Long) row.get("valid_from"))
                .thenComparing(row -> row.get("is_current").equals(true)))
        .map(row -> row.get("name"))
        .toList();
  }

  private List<Object> current(TableId table) {
    return rows(table).stream()
        .filter(row -> Boolean.TRUE.equals(row.get("is_current")))
        .map(row -> row.get("name"))
        .toList();
  }
}
