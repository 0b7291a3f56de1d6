// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.ABSENT;
import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.error.RecordException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows with unchanged (TOAST) and absent cells: stored values stay, and are never invented. */
interface PartialRowContract extends Warehouse {

  @Test
  default void unchangedCellsKeepTheStoredValues() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "one", "long", 1L)
            .upsert(1, 2, "two", "longer", 2L)
            .upsert(1, 3, "three", "longest", 3L)
            .build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(2, 1, "uno", UNCHANGED, 10L)
                .upsert(2, 2, UNCHANGED, "changed", UNCHANGED)
                .upsert(2, 3, "tre", null, 30L)
                .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(
            row(1, "uno", "long", 10L), row(2, "two", "changed", 2L), row(3, "tre", null, 30L));
    assertThat(counted(receipt))
        .as("receipt of the updates")
        .isEqualTo(new CommitReceipt(3, 0, 0, 2, 0));
  }

  @Test
  default void olderChangeWithUnchangedCellsIsSkipped() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(5, 1, "one", "long", 1L).build());
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, ITEM).upsert(4, 1, "old", UNCHANGED, 0L).build());
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(row(1, "one", "long", 1L));
    assertThat(counted(receipt))
        .as("receipt of the older change")
        .isEqualTo(new CommitReceipt(0, 0, 1, 0, 0));
  }

  @Test
  default void unchangedCellOfARowThatIsNotStoredIsRefused() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    TableBatch unknown =
        batch(ITEMS, ITEM)
            .upsert(2, 2, "two", null, null)
            .upsert(3, 77, "new", UNCHANGED, 1L)
            .build();
    assertThatExceptionOfType(RecordException.class)
        .as("commit with an unchanged cell of key 77")
        .isThrownBy(() -> owner.commit(unknown))
        .returns(ITEMS, RecordException::table)
        .returns(RowKey.of(77), RecordException::key)
        .withMessageContaining("note")
        .withMessageContaining("REPLICA IDENTITY FULL");
    assertThatRows(ITEMS, "id").as("after the refused commit").areExactly(row(1));
  }

  @Test
  default void unchangedCellsMoveWithTheKey() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    owner.commit(
        batch(ITEMS, ITEM).delete(2, 1).moved(RowKey.of(1), 2, 2, "one", UNCHANGED, 9L).build());
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(row(2, "one", "long", 9L));
  }

  @Test
  default void movedRowTakesNothingOfTheRowItReplaces() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "one", "of one", 1L)
            .upsert(1, 2, "two", "of two", 2L)
            .build());
    owner.commit(
        batch(ITEMS, ITEM)
            .delete(2, 1)
            .moved(RowKey.of(1), 2, 2, "one", UNCHANGED, UNCHANGED)
            .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(row(2, "one", "of one", 1L));
  }

  @Test
  default void keysThatRotateKeepTheirValues() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "one", "of one", 1L)
            .upsert(1, 2, "two", "of two", 2L)
            .build());
    owner.commit(
        batch(ITEMS, ITEM)
            .moved(RowKey.of(2), 2, 1, "two", UNCHANGED, 2L)
            .moved(RowKey.of(1), 2, 2, "one", UNCHANGED, 1L)
            .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(row(1, "two", "of two", 2L), row(2, "one", "of one", 1L));
  }

  @Test
  default void moveThatIsAppliedAgainKeepsItsValues() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    for (int time = 0; time < 2; time++) {
      owner.commit(
          batch(ITEMS, ITEM).delete(2, 1).moved(RowKey.of(1), 2, 2, "one", UNCHANGED, 9L).build());
    }
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(row(2, "one", "long", 9L));
  }

  @Test
  default void valuesOfALateChangeCompleteARowThatIsNotStoredAndNoOther() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(2, 1, "one", "stored", 1L).build());
    Object[] late = {0, "late", "late", 0L};
    owner.commit(
        batch(ITEMS, ITEM)
            .completed(late, 1, 3, 1, "uno", UNCHANGED, 10L)
            .completed(late, 1, 3, 2, "due", UNCHANGED, 20L)
            .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(row(1, "uno", "stored", 10L), row(2, "due", "late", 20L));
  }

  @Test
  default void valuesOfALateChangeOutrankAStoredRowThatIsOlder() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(2, 1, "one", "stored", 1L).build());
    Object[] late = {1, "late", "late", 0L};
    owner.commit(batch(ITEMS, ITEM).completed(late, 3, 4, 1, "uno", UNCHANGED, 10L).build());
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(row(1, "uno", "late", 10L));
  }

  /** The row that left the key in the same transaction was overwritten: its values are lost. */
  @Test
  default void rowThatTookAKeyOverLendsNothingToTheOneThatLeavesIt() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "of one", 1L).build());
    ChangeInfo takeover = new ChangeInfo(Operation.TAKEOVER, new Position(0, 10, 11), 11_000);
    Object[] two = {1, "two", "of two", 2L};
    owner.commit(batch(ITEMS, ITEM).change(new Upsert(RowKey.of(1), two, takeover)).build());
    FormerRow former =
        new FormerRow(RowKey.of(1), null, new Position(0, 10, 12), Cause.CHANGED_KEY);
    ChangeInfo later = new ChangeInfo(Operation.UPDATE, new Position(0, 20, 21), 21_000);
    Object[] one = {2, "one", UNCHANGED, 1L};
    TableBatch moved =
        batch(ITEMS, ITEM).change(new Upsert(RowKey.of(2), one, later, former)).build();
    assertThatExceptionOfType(RecordException.class)
        .isThrownBy(() -> owner.commit(moved))
        .returns(RowKey.of(2), RecordException::key);
  }

  @Test
  default void rowThatCameUnderTheKeyAfterwardsLendsNothing() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(15, 1, "new", "of the new one", 1L).build());
    FormerRow former = new FormerRow(RowKey.of(1), null, Batches.at(10), Cause.CHANGED_KEY);
    ChangeInfo later = Batches.info(Operation.UPDATE, Batches.at(20));
    Object[] old = {2, "old", UNCHANGED, 1L};
    TableBatch moved =
        batch(ITEMS, ITEM).change(new Upsert(RowKey.of(2), old, later, former)).build();
    assertThatExceptionOfType(RecordException.class)
        .isThrownBy(() -> owner.commit(moved))
        .returns(RowKey.of(2), RecordException::key);
  }

  @Test
  default void moveFromARowThatIsNotStoredIsRefused() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    TableBatch move =
        batch(ITEMS, ITEM).delete(2, 5).moved(RowKey.of(5), 2, 6, "five", UNCHANGED, 9L).build();
    assertThatExceptionOfType(RecordException.class)
        .as("move from key 5, which is not stored, to key 6")
        .isThrownBy(() -> owner.commit(move))
        .returns(RowKey.of(6), RecordException::key);
    assertThatRows(ITEMS, "id").as("after the refused move").areExactly(row(1));
  }

  @Test
  default void absentCellsKeepTheStoredValuesAndAreNullInNewRows() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "kept", 1L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(2, 1, "uno", ABSENT, 2L)
            .upsert(2, 2, "two", ABSENT, ABSENT)
            .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(row(1, "uno", "kept", 2L), row(2, "two", null, null));
  }

  @Test
  default void everyMixOfMarksInOneCommit() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    Object[] marks = {UNCHANGED, ABSENT, "new"};
    Object[] numbers = {UNCHANGED, ABSENT, 7L};
    Batches inserts = batch(ITEMS, ITEM);
    Batches updates = batch(ITEMS, ITEM);
    List<List<Object>> expected = new ArrayList<>();
    int id = 0;
    for (Object name : marks) {
      for (Object note : marks) {
        for (Object quantity : numbers) {
          inserts.upsert(1, ++id, "old", "old", 1L);
          updates.upsert(2, id, name, note, quantity);
          expected.add(
              row(
                  id,
                  name == "new" ? name : "old",
                  note == "new" ? note : "old",
                  quantity instanceof Long ? quantity : 1L));
        }
      }
    }
    owner.commit(inserts.build());
    owner.commit(updates.build());
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(expected);
  }
}
