// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Rows that change their key more than once within a transaction (two that swap their keys by way
 * of a third one), and leave a TOAST value unchanged each time: the row keeps its value. Each
 * sequence is applied in several cuts into commits, in upsert, soft-delete and history mode, and
 * then once more.
 */
interface PassedKeyContract extends Warehouse {

  /** Ways, about, in which a sequence is cut. */
  int CUTS = 7;

  KeyEvent ONE = KeyEvent.insert(8, 8, 1, "one");
  KeyEvent TWO = KeyEvent.insert(16, 16, 2, "two");
  KeyEvent THREE = KeyEvent.insert(17, 17, 3, "three");
  KeyEvent FOUR = KeyEvent.insert(18, 18, 4, "four");

  @Test
  default void rowsThatSwapTheirKeysKeepTheirValues() {
    everyCutLeaves(
        "swap",
        List.of(
            ONE,
            TWO,
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, 2, 1, "two"),
            KeyEvent.move(40, 64, -1, 2, "one")),
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
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(50, 56, 2, 1, "two"),
            KeyEvent.move(60, 64, -1, 2, "one")),
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
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, 2, 1, "two"),
            KeyEvent.move(40, 64, -1, 2, "one"),
            KeyEvent.move(40, 72, 3, -1, "three"),
            KeyEvent.move(40, 80, 4, 3, "four"),
            KeyEvent.move(40, 88, -1, 4, "three")),
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
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, 2, 1, "two"),
            KeyEvent.move(40, 64, -1, 2, "one"),
            KeyEvent.move(80, 88, 3, -1, "three"),
            KeyEvent.move(80, 96, 1, 3, "two"),
            KeyEvent.move(80, 104, -1, 1, "three")),
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
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, -1, -2, "one"),
            KeyEvent.move(40, 64, -2, -3, "one"),
            KeyEvent.move(40, 72, -3, 2, "one")),
        row(2, "one", "of one"));
  }

  @Test
  default void rowThatComesBackToItsKeyKeepsItsValues() {
    everyCutLeaves(
        "back",
        List.of(ONE, KeyEvent.move(40, 48, 1, -1, "one"), KeyEvent.move(40, 56, -1, 1, "uno")),
        row(1, "uno", "of one"));
  }

  @Test
  default void valueThatARowGetsOnItsWayCounts() {
    everyCutLeaves(
        "way",
        List.of(
            ONE,
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.update(40, 56, -1, "uno", "changed"),
            KeyEvent.move(40, 64, -1, 2, "uno")),
        row(2, "uno", "changed"));
  }

  @Test
  default void rowThatChangesAfterItsKeyDidKeepsItsValues() {
    everyCutLeaves(
        "after",
        List.of(
            ONE,
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, -1, 2, "one"),
            KeyEvent.update(40, 64, 2, "uno", Cell.UNCHANGED),
            KeyEvent.update(80, 88, 2, "eins", Cell.UNCHANGED)),
        row(2, "eins", "of one"));
  }

  @Test
  default void keyOfARowThatIsGoneServesForASwap() {
    everyCutLeaves(
        "gone",
        List.of(
            ONE,
            TWO,
            KeyEvent.delete(24, 24, 2),
            KeyEvent.move(40, 48, 1, 2, "one"),
            KeyEvent.move(40, 56, 2, 3, "one")),
        row(3, "one", "of one"));
  }

  /** In a table of versions the row that had the key before is the version before. */
  @Test
  default void rowThatIsInsertedOnItsWayTakesNothingFromTheRowThatMakesRoom() {
    everyCutLeaves(
        "room",
        List.of(
            ONE,
            KeyEvent.insert(40, 48, -1, "two"),
            KeyEvent.move(40, 56, 1, 3, "one"),
            KeyEvent.move(40, 64, -1, 1, "two")),
        row(1, "two", "of two"),
        row(3, "one", "of one"));
  }

  /** All that the changes tell of one is as the other had it. */
  @Test
  default void rowsThatDifferInTheUnchangedValueAloneKeepItWhereTheySwapTheirKeys() {
    everyCutLeaves(
        "alike",
        List.of(
            new KeyEvent(Operation.CREATE, 8, 8, 0, 1, "same", "first"),
            new KeyEvent(Operation.CREATE, 16, 16, 0, 2, "same", "second"),
            KeyEvent.move(40, 48, 1, -1, "same"),
            KeyEvent.move(40, 56, 2, 1, "same"),
            KeyEvent.move(40, 64, -1, 2, "same"),
            KeyEvent.update(40, 72, 1, "same", Cell.UNCHANGED),
            KeyEvent.update(40, 80, 2, "same", Cell.UNCHANGED)),
        row(1, "same", "second"),
        row(2, "same", "first"));
  }

  /** The constraint is deferrable: the row that was there before leaves the key first. */
  @Test
  default void rowsThatMoveOnByOneKeyKeepTheirValues() {
    List<KeyEvent> rows = List.of(ONE, TWO, THREE);
    List<KeyEvent> shift =
        List.of(
            KeyEvent.move(40, 48, 1, 2, "one"),
            KeyEvent.move(40, 56, 2, 3, "two"),
            KeyEvent.move(40, 64, 3, 4, "three"));
    for (RowMode mode : RowMode.values()) {
      for (boolean stored : new boolean[] {true, false}) {
        List<KeyEvent> all = new ArrayList<>(rows);
        all.addAll(shift);
        List<List<KeyEvent>> batches = stored ? List.of(rows, shift) : List.of(all);
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
    List<KeyEvent> moves = new ArrayList<>(List.of(KeyEvent.move(40, 48, 2, 3, "two")));
    for (int key = 0; key < 10; key++) {
      int from = key == 0 ? 1 : -key;
      int to = key == 9 ? 2 : -key - 1;
      moves.add(KeyEvent.move(40, 56 + 8 * key, from, to, "one"));
    }
    for (RowMode mode : RowMode.values()) {
      TableId table = mode.table("far");
      PartitionOwner owner = owner(mode.options());
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
    TableId table = RowMode.SOFT.table("unseen");
    PartitionOwner owner = owner(RowMode.SOFT.options());
    commit(owner, RowMode.SOFT.builder(table), List.of(ONE, TWO));
    commit(
        owner,
        RowMode.SOFT.builder(table),
        List.of(
            KeyEvent.move(40, 48, 1, -1, "one"),
            KeyEvent.move(40, 56, 2, 1, "two"),
            KeyEvent.move(40, 64, -1, 2, "one")));
    assertThatRows(table, "id", "note").areExactly(row(1, "of two"), row(2, "of one"));
  }

  @Test
  default void rowThatIsStoredKeepsItsValuesWhereItsMoveComesAgain() {
    for (RowMode mode : RowMode.values()) {
      TableId table = mode.table("stored");
      PartitionOwner owner = owner(mode.options());
      KeyEvent move = KeyEvent.move(40, 48, 1, -1, "one");
      commit(owner, mode.builder(table), List.of(ONE));
      commit(owner, mode.builder(table), List.of(move));
      BatchBuilder builder = mode.builder(table);
      move.addTo(builder, Delivery.AGAIN, TransactionVisibility.CONTINUED);
      KeyEvent next = KeyEvent.move(80, 88, -1, 2, "one");
      next.addTo(builder, Delivery.IN_ORDER, TransactionVisibility.FROM_START);
      owner.commit(builder.build());
      assertThat(live(table, mode)).as(mode.name()).containsExactly(row(2, "one", "of one"));
    }
  }

  /** Its former key has another row since; the source emits the end of its log again, and more. */
  @Test
  default void rowThatIsStoredKeepsItsValuesWhereMoreComesAfterItsMove() {
    for (RowMode mode : RowMode.values()) {
      TableId table = mode.table("more");
      PartitionOwner owner = owner(mode.options());
      List<KeyEvent> known =
          List.of(KeyEvent.move(40, 48, 1, 2, "one"), KeyEvent.insert(40, 56, 1, "new"));
      commit(owner, mode.builder(table), List.of(ONE));
      commit(owner, mode.builder(table), known);
      BatchBuilder builder = mode.builder(table);
      known.forEach(event -> event.addTo(builder, Delivery.AGAIN, TransactionVisibility.CONTINUED));
      KeyEvent more = KeyEvent.update(40, 64, 2, "uno", Cell.UNCHANGED);
      more.addTo(builder, Delivery.IN_ORDER, TransactionVisibility.CONTINUED);
      owner.commit(builder.build());
      assertThat(live(table, mode))
          .as(mode.name())
          .containsExactlyInAnyOrder(row(1, "new", "of new"), row(2, "uno", "of one"));
    }
  }

  /** The row that was left under the key is not the one that leaves it the next time. */
  @Test
  default void keyThatServesForTwoSwapsTellsTheRowsApartWhereDeletesAreIgnored() {
    TableId table = RowMode.UPSERT.table("ignored");
    PartitionOwner owner = owner(RowMode.UPSERT.options());
    commit(owner, RowMode.UPSERT.builder(table), List.of(ONE, TWO, THREE, FOUR));
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
      PartitionOwner owner, TableId table, long transaction, KeyEvent one, KeyEvent other) {
    BatchBuilder builder = RowMode.UPSERT.builder(table);
    List.of(
            KeyEvent.move(transaction, transaction + 8, one.to(), -1, one.name()),
            KeyEvent.move(transaction, transaction + 16, other.to(), one.to(), other.name()),
            KeyEvent.move(transaction, transaction + 24, -1, other.to(), one.name()))
        .forEach(
            move -> {
              ChangeInfo left = move.info(Operation.DELETE, Delivery.IN_ORDER);
              builder.leave(ITEM, RowKey.of(move.from()), null, left);
              move.arrival().addTo(builder, Delivery.IN_ORDER, TransactionVisibility.FROM_START);
            });
    owner.commit(builder.build());
  }

  private static void commit(PartitionOwner owner, BatchBuilder builder, List<KeyEvent> events) {
    events.forEach(
        event -> event.addTo(builder, Delivery.IN_ORDER, TransactionVisibility.FROM_START));
    owner.commit(builder.build());
  }

  /** Asserts the live rows of all modes. */
  @SafeVarargs
  private void everyCutLeaves(String name, List<KeyEvent> events, List<Object>... live) {
    for (RowMode mode : RowMode.values()) {
      for (int cuts = 0; cuts < Cuts.of(events.size()); cuts += step(events.size())) {
        TableId table = mode.table(name + "_" + cuts);
        apply(table, mode, Cuts.apply(cuts, events), TransactionVisibility.FROM_START, live);
      }
      apply(
          mode.table(name + "_whole"),
          mode,
          Cuts.apply(betweenTransactions(events), events),
          TransactionVisibility.FROM_START,
          live);
      TableId table = mode.table(name + "_unknown");
      apply(table, mode, List.of(events), TransactionVisibility.NONE, live);
    }
  }

  private static int betweenTransactions(List<KeyEvent> events) {
    int cut = 0;
    for (int i = 1; i < events.size(); i++) {
      cut |= events.get(i).transaction() == events.get(i - 1).transaction() ? 0 : 1 << (i - 1);
    }
    return cut;
  }

  /** A tour of the cuts: each makes tables of its own, which takes a target its time. */
  private static int step(int events) {
    return Cuts.of(events) / CUTS | 1;
  }

  @SafeVarargs
  private void apply(
      TableId table,
      RowMode mode,
      List<List<KeyEvent>> batches,
      TransactionVisibility whole,
      List<Object>... live) {
    PartitionOwner owner = owner(mode.options());
    for (Delivery delivery : List.of(Delivery.IN_ORDER, Delivery.AGAIN)) {
      long begun = 0;
      for (List<KeyEvent> batch : batches) {
        BatchBuilder builder = mode.builder(table);
        for (KeyEvent event : batch) {
          boolean continued = begun == event.transaction() && batch.get(0).transaction() == begun;
          boolean known = whole == TransactionVisibility.FROM_START;
          event.addTo(
              builder, delivery, continued && known ? TransactionVisibility.CONTINUED : whole);
        }
        begun = batch.get(batch.size() - 1).transaction();
        owner.commit(builder.build());
      }
      assertThat(live(table, mode))
          .as("%s, %s, cut into %s", table, delivery, batches.stream().map(List::size).toList())
          .containsExactlyInAnyOrder(live);
    }
  }

  private List<List<Object>> live(TableId table, RowMode mode) {
    return rows(table).stream()
        .filter(mode::isLive)
        .map(row -> row(row.get("id"), row.get("name"), row.get("note")))
        .toList();
  }
}
