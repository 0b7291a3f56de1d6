// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Rows that change their key more than once within a transaction (two that swap their keys by way
 * of a third one), and leave a TOAST value unchanged each time: the row keeps its value. Each
 * sequence is applied in several cuts into commits, in upsert, soft-delete and history mode, and
 * then once more.
 */
interface PassedKeyContract extends Warehouse {

  /**
   * A change at commit LSN {@code transaction}.
   *
   * @param from key that the row leaves; 0 where it changes or makes none but {@code to}
   * @param note null where the change leaves it
   */
  record Event(
      Operation operation, long transaction, long lsn, int from, int to, String name, String note) {
    static Event insert(long transaction, long lsn, int id, String name) {
      return new Event(Operation.CREATE, transaction, lsn, 0, id, name, "of " + name);
    }

    static Event move(long transaction, long lsn, int from, int to, String name) {
      return new Event(Operation.CREATE, transaction, lsn, from, to, name, null);
    }

    static Event update(long transaction, long lsn, int id, String name, String note) {
      return new Event(Operation.UPDATE, transaction, lsn, 0, id, name, note);
    }

    static Event delete(long transaction, long lsn, int id) {
      return new Event(Operation.DELETE, transaction, lsn, id, 0, null, null);
    }

    ChangeInfo info(Operation as, Delivery delivery) {
      return new ChangeInfo(
          as, new Position(0, transaction, lsn), transaction * 1_000_000, delivery);
    }
  }

  /** Ways, about, in which a sequence is cut. */
  int CUTS = 7;

  Event ONE = Event.insert(8, 8, 1, "one");
  Event TWO = Event.insert(16, 16, 2, "two");
  Event THREE = Event.insert(17, 17, 3, "three");
  Event FOUR = Event.insert(18, 18, 4, "four");

  @Test
  default void rowsThatSwapTheirKeysKeepTheirValues() {
    everyCutLeaves(
        "swap",
        List.of(
            ONE,
            TWO,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, 2, 1, "two"),
            Event.move(40, 64, -1, 2, "one")),
        row(1, "two", "of two"),
        row(2, "one", "of one"));
  }

  @Test
  default void rowsThatSwapTheirKeysInThreeTransactionsKeepTheirValues() {
    everyCutLeaves(
        "three",
        List.of(
            ONE,
            TWO,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(50, 56, 2, 1, "two"),
            Event.move(60, 64, -1, 2, "one")),
        row(1, "two", "of two"),
        row(2, "one", "of one"));
  }

  @Test
  default void keyThatServesForTwoSwapsOfATransactionTellsTheRowsApart() {
    everyCutLeaves(
        "twice",
        List.of(
            ONE,
            TWO,
            THREE,
            FOUR,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, 2, 1, "two"),
            Event.move(40, 64, -1, 2, "one"),
            Event.move(40, 72, 3, -1, "three"),
            Event.move(40, 80, 4, 3, "four"),
            Event.move(40, 88, -1, 4, "three")),
        row(1, "two", "of two"),
        row(2, "one", "of one"),
        row(3, "four", "of four"),
        row(4, "three", "of three"));
  }

  /** A soft delete leaves the values of the first swap under the key. */
  @Test
  default void keyThatServesForSwapsOfTwoTransactionsTellsTheRowsApart() {
    everyCutLeaves(
        "again",
        List.of(
            ONE,
            TWO,
            THREE,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, 2, 1, "two"),
            Event.move(40, 64, -1, 2, "one"),
            Event.move(80, 88, 3, -1, "three"),
            Event.move(80, 96, 1, 3, "two"),
            Event.move(80, 104, -1, 1, "three")),
        row(1, "three", "of three"),
        row(2, "one", "of one"),
        row(3, "two", "of two"));
  }

  @Test
  default void rowIsFollowedThroughSeveralKeys() {
    everyCutLeaves(
        "several",
        List.of(
            ONE,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, -1, -2, "one"),
            Event.move(40, 64, -2, -3, "one"),
            Event.move(40, 72, -3, 2, "one")),
        row(2, "one", "of one"));
  }

  @Test
  default void rowThatComesBackToItsKeyKeepsItsValues() {
    everyCutLeaves(
        "back",
        List.of(ONE, Event.move(40, 48, 1, -1, "one"), Event.move(40, 56, -1, 1, "uno")),
        row(1, "uno", "of one"));
  }

  @Test
  default void valueThatARowGetsOnItsWayCounts() {
    everyCutLeaves(
        "way",
        List.of(
            ONE,
            Event.move(40, 48, 1, -1, "one"),
            Event.update(40, 56, -1, "uno", "changed"),
            Event.move(40, 64, -1, 2, "uno")),
        row(2, "uno", "changed"));
  }

  @Test
  default void rowThatChangesAfterItsKeyDidKeepsItsValues() {
    everyCutLeaves(
        "after",
        List.of(
            ONE,
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, -1, 2, "one"),
            Event.update(40, 64, 2, "uno", null),
            Event.update(80, 88, 2, "eins", null)),
        row(2, "eins", "of one"));
  }

  @Test
  default void keyOfARowThatIsGoneServesForASwap() {
    everyCutLeaves(
        "gone",
        List.of(
            ONE,
            TWO,
            Event.delete(24, 24, 2),
            Event.move(40, 48, 1, 2, "one"),
            Event.move(40, 56, 2, 3, "one")),
        row(3, "one", "of one"));
  }

  /** In a table of versions the row that had the key before is the version before. */
  @Test
  default void rowThatIsInsertedOnItsWayTakesNothingFromTheRowThatMakesRoom() {
    everyCutLeaves(
        "room",
        List.of(
            ONE,
            Event.insert(40, 48, -1, "two"),
            Event.move(40, 56, 1, 3, "one"),
            Event.move(40, 64, -1, 1, "two")),
        row(1, "two", "of two"),
        row(3, "one", "of one"));
  }

  /** The constraint is deferrable: the row that was there before leaves the key first. */
  @Test
  default void rowsThatMoveOnByOneKeyKeepTheirValues() {
    List<Event> rows = List.of(ONE, TWO, THREE);
    List<Event> shift =
        List.of(
            Event.move(40, 48, 1, 2, "one"),
            Event.move(40, 56, 2, 3, "two"),
            Event.move(40, 64, 3, 4, "three"));
    for (Mode mode : Mode.values()) {
      for (boolean stored : new boolean[] {true, false}) {
        List<Event> all = new ArrayList<>(rows);
        all.addAll(shift);
        List<List<Event>> batches = stored ? List.of(rows, shift) : List.of(all);
        apply(
            mode.table("shift_" + stored),
            mode,
            batches,
            TransactionVisibility.FROM_START,
            row(2, "one", "of one"),
            row(3, "two", "of two"),
            row(4, "three", "of three"));
      }
    }
  }

  /** Eight are followed; the row that has the last key had another value. */
  @Test
  default void rowThatHasPassedTooManyKeysTakesNoOthersValues() {
    List<Event> moves = new ArrayList<>(List.of(Event.move(40, 48, 2, 3, "two")));
    for (int key = 0; key < 10; key++) {
      int from = key == 0 ? 1 : -key;
      int to = key == 9 ? 2 : -key - 1;
      moves.add(Event.move(40, 56 + 8 * key, from, to, "one"));
    }
    for (Mode mode : Mode.values()) {
      TableId table = mode.table("far");
      PartitionOwner owner = owner(mode.options);
      commit(owner, mode.builder(table), List.of(ONE, TWO));
      assertThatExceptionOfType(RecordException.class)
          .as(mode.name())
          .isThrownBy(() -> commit(owner, mode.builder(table), moves))
          .returns(RowKey.of(2), RecordException::key);
    }
  }

  /** It came and went within a commit: what it had nobody has read. */
  @Test
  default void softDeleteStoresNoRowWhoseValuesAreNotKnown() {
    TableId table = Mode.SOFT.table("unseen");
    PartitionOwner owner = owner(Mode.SOFT.options);
    commit(owner, Mode.SOFT.builder(table), List.of(ONE, TWO));
    commit(
        owner,
        Mode.SOFT.builder(table),
        List.of(
            Event.move(40, 48, 1, -1, "one"),
            Event.move(40, 56, 2, 1, "two"),
            Event.move(40, 64, -1, 2, "one")));
    assertThatRows(table, "id", "note").areExactly(row(1, "of two"), row(2, "of one"));
  }

  @Test
  default void rowThatIsStoredKeepsItsValuesWhereItsMoveComesAgain() {
    for (Mode mode : Mode.values()) {
      TableId table = mode.table("stored");
      PartitionOwner owner = owner(mode.options);
      Event move = Event.move(40, 48, 1, -1, "one");
      commit(owner, mode.builder(table), List.of(ONE));
      commit(owner, mode.builder(table), List.of(move));
      BatchBuilder builder = mode.builder(table);
      add(move, Delivery.AGAIN, TransactionVisibility.CONTINUED, builder);
      Event next = Event.move(80, 88, -1, 2, "one");
      add(next, Delivery.IN_ORDER, TransactionVisibility.FROM_START, builder);
      owner.commit(builder.build());
      assertThat(live(table, mode)).as(mode.name()).containsExactly(row(2, "one", "of one"));
    }
  }

  /** Its former key has another row since; the source emits the end of its log again, and more. */
  @Test
  default void rowThatIsStoredKeepsItsValuesWhereMoreComesAfterItsMove() {
    for (Mode mode : Mode.values()) {
      TableId table = mode.table("more");
      PartitionOwner owner = owner(mode.options);
      List<Event> known = List.of(Event.move(40, 48, 1, 2, "one"), Event.insert(40, 56, 1, "new"));
      commit(owner, mode.builder(table), List.of(ONE));
      commit(owner, mode.builder(table), known);
      BatchBuilder builder = mode.builder(table);
      known.forEach(event -> add(event, Delivery.AGAIN, TransactionVisibility.CONTINUED, builder));
      Event more = Event.update(40, 64, 2, "uno", null);
      add(more, Delivery.IN_ORDER, TransactionVisibility.CONTINUED, builder);
      owner.commit(builder.build());
      assertThat(live(table, mode))
          .as(mode.name())
          .containsExactlyInAnyOrder(row(1, "new", "of new"), row(2, "uno", "of one"));
    }
  }

  /** The row that was left under the key is not the one that leaves it the next time. */
  @Test
  default void keyThatServesForTwoSwapsTellsTheRowsApartWhereDeletesAreIgnored() {
    TableId table = Mode.UPSERT.table("ignored");
    PartitionOwner owner = owner(Mode.UPSERT.options);
    commit(owner, Mode.UPSERT.builder(table), List.of(ONE, TWO, THREE, FOUR));
    swapAndLeave(owner, table, 40, ONE, TWO);
    swapAndLeave(owner, table, 80, THREE, FOUR);
    assertThatRows(table, "id", "name", "note")
        .areExactly(
            row(-1, "three", "of three"),
            row(1, "two", "of two"),
            row(2, "one", "of one"),
            row(3, "four", "of four"),
            row(4, "three", "of three"));
  }

  private static void swapAndLeave(
      PartitionOwner owner, TableId table, long transaction, Event one, Event other) {
    BatchBuilder builder = Mode.UPSERT.builder(table);
    List.of(
            Event.move(transaction, transaction + 8, one.to, -1, one.name),
            Event.move(transaction, transaction + 16, other.to, one.to, other.name),
            Event.move(transaction, transaction + 24, -1, other.to, one.name))
        .forEach(
            move -> {
              ChangeInfo left = move.info(Operation.DELETE, Delivery.IN_ORDER);
              builder.leave(ITEM, RowKey.of(move.from), null, left);
              Event arrived =
                  new Event(
                      Operation.CREATE, move.transaction, move.lsn, 0, move.to, move.name, null);
              add(arrived, Delivery.IN_ORDER, TransactionVisibility.FROM_START, builder);
            });
    owner.commit(builder.build());
  }

  private static void commit(PartitionOwner owner, BatchBuilder builder, List<Event> events) {
    events.forEach(
        event -> add(event, Delivery.IN_ORDER, TransactionVisibility.FROM_START, builder));
    owner.commit(builder.build());
  }

  /** What a table shows of rows that have been deleted. */
  enum Mode {
    UPSERT(TableOptions.DEFAULT),
    SOFT(Warehouse.soft()),
    HISTORY(TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT));

    private final TableOptions options;

    Mode(TableOptions options) {
      this.options = options;
    }

    TableId table(String name) {
      return new TableId("shop", name() + "_" + name);
    }

    BatchBuilder builder(TableId table) {
      return this == HISTORY ? new HistoryBatchBuilder(table) : new UpsertBatchBuilder(table);
    }

    boolean isLive(Map<String, Object> row) {
      return switch (this) {
        case UPSERT -> true;
        case SOFT -> Boolean.FALSE.equals(row.get("_cdc_deleted"));
        case HISTORY -> Boolean.TRUE.equals(row.get("is_current"));
      };
    }
  }

  /** Asserts the live rows of all modes. */
  @SafeVarargs
  private void everyCutLeaves(String name, List<Event> events, List<Object>... live) {
    for (Mode mode : Mode.values()) {
      for (int cuts = 0; cuts < 1 << (events.size() - 1); cuts += step(events.size())) {
        TableId table = mode.table(name + "_" + cuts);
        apply(table, mode, cut(events, cuts), TransactionVisibility.FROM_START, live);
      }
      TableId table = mode.table(name + "_unknown");
      apply(table, mode, List.of(events), TransactionVisibility.NONE, live);
    }
  }

  /** A tour of the cuts: each makes tables of its own, which takes a target its time. */
  private static int step(int events) {
    return (1 << (events - 1)) / CUTS | 1;
  }

  private static List<List<Event>> cut(List<Event> events, int cuts) {
    List<List<Event>> batches = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      if (i == 0 || (cuts >> (i - 1) & 1) == 1) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).add(events.get(i));
    }
    return batches;
  }

  @SafeVarargs
  private void apply(
      TableId table,
      Mode mode,
      List<List<Event>> batches,
      TransactionVisibility whole,
      List<Object>... live) {
    PartitionOwner owner = owner(mode.options);
    for (Delivery delivery : List.of(Delivery.IN_ORDER, Delivery.AGAIN)) {
      long begun = 0;
      for (List<Event> batch : batches) {
        BatchBuilder builder = mode.builder(table);
        for (Event event : batch) {
          boolean continued = begun == event.transaction && batch.get(0).transaction == begun;
          boolean known = whole == TransactionVisibility.FROM_START;
          add(
              event,
              delivery,
              continued && known ? TransactionVisibility.CONTINUED : whole,
              builder);
        }
        begun = batch.get(batch.size() - 1).transaction;
        owner.commit(builder.build());
      }
      assertThat(live(table, mode))
          .as("%s, %s, cut into %s", table, delivery, batches.stream().map(List::size).toList())
          .containsExactlyInAnyOrder(live);
    }
  }

  private List<List<Object>> live(TableId table, Mode mode) {
    return rows(table).stream()
        .filter(mode::isLive)
        .map(row -> row(row.get("id"), row.get("name"), row.get("note")))
        .toList();
  }

  private static void add(
      Event event, Delivery delivery, TransactionVisibility visibility, BatchBuilder builder) {
    if (event.from != 0) {
      ChangeInfo deleted = event.info(Operation.DELETE, delivery);
      builder.delete(ITEM, RowKey.of(event.from), null, deleted, visibility);
    }
    if (event.to != 0) {
      Object note = event.note == null ? Cell.UNCHANGED : event.note;
      Object[] cells = {event.to, event.name, note, 1L};
      ChangeInfo info = event.info(event.operation, delivery);
      builder.upsert(ITEM, RowKey.of(event.to), cells, info, visibility);
    }
  }
}
