// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.ABSENT;
import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.error.RecordException;
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
    assertEquals(
        List.of(row(1, "uno", "long", 10L), row(2, "two", "changed", 2L), row(3, "tre", null, 30L)),
        select(ITEMS, "id", "name", "note", "qty"));
    assertEquals(new CommitReceipt(3, 0, 0, 2, 0), receipt);
  }

  @Test
  default void olderChangeWithUnchangedCellsIsSkipped() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(5, 1, "one", "long", 1L).build());
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, ITEM).upsert(4, 1, "old", UNCHANGED, 0L).build());
    assertEquals(List.of(row("one", "long", 1L)), select(ITEMS, "name", "note", "qty"));
    assertEquals(new CommitReceipt(0, 0, 1, 0, 0), receipt);
  }

  @Test
  default void unchangedCellOfARowThatIsNotStoredIsRefused() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    RecordException refusal =
        assertThrows(
            RecordException.class,
            () ->
                owner.commit(
                    batch(ITEMS, ITEM)
                        .upsert(2, 2, "two", null, null)
                        .upsert(3, 77, "new", UNCHANGED, 1L)
                        .build()));
    assertEquals(List.of(row(1)), select(ITEMS, "id"), "nothing of the commit is visible");
    assertEquals(ITEMS, refusal.table());
    assertEquals(RowKey.of(77), refusal.key());
    assertTrue(refusal.getMessage().contains("note"), refusal::getMessage);
    assertTrue(refusal.getMessage().contains("REPLICA IDENTITY FULL"), refusal::getMessage);
  }

  @Test
  default void unchangedCellsMoveWithTheKey() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    owner.commit(
        batch(ITEMS, ITEM).delete(2, 1).moved(RowKey.of(1), 2, 2, "one", UNCHANGED, 9L).build());
    assertEquals(List.of(row(2, "one", "long", 9L)), select(ITEMS, "id", "name", "note", "qty"));
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
    assertEquals(List.of(row(2, "one", "of one", 1L)), select(ITEMS, "id", "name", "note", "qty"));
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
    assertEquals(
        List.of(row(1, "two", "of two", 2L), row(2, "one", "of one", 1L)),
        select(ITEMS, "id", "name", "note", "qty"));
  }

  @Test
  default void moveThatIsAppliedAgainKeepsItsValues() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    for (int time = 0; time < 2; time++) {
      owner.commit(
          batch(ITEMS, ITEM).delete(2, 1).moved(RowKey.of(1), 2, 2, "one", UNCHANGED, 9L).build());
    }
    assertEquals(List.of(row(2, "one", "long", 9L)), select(ITEMS, "id", "name", "note", "qty"));
  }

  @Test
  default void valuesOfALateChangeCompleteARowThatIsNotStoredAndNoOther() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(2, 1, "one", "stored", 1L).build());
    Object[] late = {0, "late", "late", 0L};
    owner.commit(
        batch(ITEMS, ITEM)
            .completed(late, 3, 1, "uno", UNCHANGED, 10L)
            .completed(late, 3, 2, "due", UNCHANGED, 20L)
            .build());
    assertEquals(
        List.of(row(1, "uno", "stored", 10L), row(2, "due", "late", 20L)),
        select(ITEMS, "id", "name", "note", "qty"));
  }

  @Test
  default void moveFromARowThatIsNotStoredIsRefused() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "long", 1L).build());
    RecordException refusal =
        assertThrows(
            RecordException.class,
            () ->
                owner.commit(
                    batch(ITEMS, ITEM)
                        .delete(2, 5)
                        .moved(RowKey.of(5), 2, 6, "five", UNCHANGED, 9L)
                        .build()));
    assertEquals(RowKey.of(6), refusal.key());
    assertEquals(List.of(row(1)), select(ITEMS, "id"));
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
    assertEquals(
        List.of(row(1, "uno", "kept", 2L), row(2, "two", null, null)),
        select(ITEMS, "id", "name", "note", "qty"));
  }

  @Test
  default void everyMixOfMarksInOneCommit() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    Object[] marks = {UNCHANGED, ABSENT, "new"};
    Object[] numbers = {UNCHANGED, ABSENT, 7L};
    Batches inserts = batch(ITEMS, ITEM);
    Batches updates = batch(ITEMS, ITEM);
    int id = 0;
    for (Object name : marks) {
      for (Object note : marks) {
        for (Object quantity : numbers) {
          inserts.upsert(1, ++id, "old", "old", 1L);
          updates.upsert(2, id, name, note, quantity);
        }
      }
    }
    owner.commit(inserts.build());
    owner.commit(updates.build());
    List<List<Object>> rows = select(ITEMS, "name", "note", "qty");
    assertEquals(27, rows.size());
    assertEquals(9, rows.stream().filter(row -> row.get(0).equals("new")).count());
    assertEquals(9, rows.stream().filter(row -> row.get(1).equals("new")).count());
    assertEquals(9, rows.stream().filter(row -> row.get(2).equals(7L)).count());
    assertEquals(8, rows.stream().filter(row -> row.equals(row("old", "old", 1L))).count());
  }
}
