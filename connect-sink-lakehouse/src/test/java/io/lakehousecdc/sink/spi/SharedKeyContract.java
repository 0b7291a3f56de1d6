// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.error.RecordException;
import org.junit.jupiter.api.Test;

/**
 * A deferrable constraint lets two rows share a key within a transaction: a delete that follows a
 * create of its key may take the older row. The tests fold events as a task does.
 */
interface SharedKeyContract extends Warehouse {

  @Test
  default void shiftedKeysKeepEveryRow() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().whole().move(20, 1, 2, "one", 1L).move(30, 2, 3, "two", 2L).build());
    assertThatItems().areExactly(row(2, "one"), row(3, "two"));
  }

  @Test
  default void shiftedKeysKeepEveryRowUnderSoftDeletes() {
    PartitionOwner owner = owner(Warehouse.soft());
    store(owner);
    owner.commit(new Events().whole().move(20, 1, 2, "one", 1L).move(30, 2, 3, "two", 2L).build());
    assertThatRows(ITEMS, "id", "name", "_cdc_deleted")
        .areExactly(row(1, "one", true), row(2, "one", false), row(3, "two", false));
  }

  @Test
  default void shiftCutBetweenCommitsKeepsEveryRow() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", 1L).build());
    owner.commit(new Events().move(30, 2, 3, "two", 2L).build());
    assertThatItems().areExactly(row(2, "one"), row(3, "two"));
    assertThatRows(ITEMS, "id", "_cdc_op").areExactly(row(2, "s"), row(3, "c"));
  }

  @Test
  default void shiftCutBetweenCommitsKeepsEveryRowUnderSoftDeletes() {
    PartitionOwner owner = owner(Warehouse.soft());
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", 1L).build());
    owner.commit(new Events().move(30, 2, 3, "two", 2L).build());
    assertThatRows(ITEMS, "id", "name", "_cdc_deleted")
        .areExactly(row(1, "one", true), row(2, "one", false), row(3, "two", false));
  }

  @Test
  default void beforeImageOfTheDeletedRowDoesNotReplaceTheRowThatTookItsKey() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", 1L).build());
    owner.commit(new Events().delete(30, 2, "two", 2L).build());
    owner.commit(new Events(100).create(120, 5, "five", 5L).delete(130, 5, "five", 5L).build());
    assertThatRows(ITEMS, "id", "name", "qty").areExactly(row(2, "one", 1L));
  }

  @Test
  default void deleteEmittedAgainLeavesTheRowThatTookTheKeyOver() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", 1L).move(30, 2, 3, "two", 2L).build());
    owner.commit(new Events().move(30, 2, 3, "two", 2L).build());
    owner.commit(new Events().move(20, 1, 2, "one", 1L).build());
    owner.commit(new Events().move(30, 2, 3, "two", 2L).build());
    assertThatItems().areExactly(row(2, "one"), row(3, "two"));
  }

  @Test
  default void tombstoneOfTheDeleteLeavesTheRowThatOutlivedIt() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", 1L).delete(30, 2).build());
    owner.commit(new Events().tombstone(30, 2).tombstone(20, 1).build());
    assertThatItems().as("after the tombstones of both deletes").areExactly(row(2, "one"));
    owner.commit(new Events().tombstone(31, 2).build());
    assertThatItems().as("after a later tombstone").areExactly();
  }

  @Test
  default void createEmittedAgainIsNotCountedTwice() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().create(20, 5, "five", 5L).build());
    owner.commit(new Events().create(20, 5, "five", 5L).delete(30, 5).build());
    assertThatItems().areExactly(row(1, "one"), row(2, "two"));
  }

  @Test
  default void rowInsertedAndDeletedInOneTransactionIsAbsent() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().create(20, 5, "five", 5L).delete(30, 5).build());
    assertThatItems().as("in one commit").areExactly(row(1, "one"), row(2, "two"));
    owner.commit(new Events(100).create(140, 5, "five", 5L).build());
    owner.commit(new Events(100).delete(150, 5).build());
    assertThatItems().as("in two commits").areExactly(row(1, "one"), row(2, "two"));
  }

  @Test
  default void rowDeletedInsertedAndDeletedAgainIsAbsentHoweverTheTransactionIsCut() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().delete(20, 1).create(30, 1, "again", 1L).delete(40, 1).build());
    assertThatItems().as("in one commit").areExactly(row(2, "two"));
    owner.commit(new Events(100).delete(150, 2).create(160, 2, "again", 2L).build());
    owner.commit(new Events(100).delete(170, 2).build());
    assertThatItems().as("in two commits").areExactly();
  }

  @Test
  default void updateOfTheRowThatTookTheKeyOverIsKept() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(
        new Events()
            .move(20, 1, 2, "one", 1L)
            .update(25, 2, "uno", UNCHANGED)
            .delete(30, 2)
            .build());
    assertThatRows(ITEMS, "id", "name", "qty").areExactly(row(2, "uno", 1L));
  }

  @Test
  default void deleteInAnotherTransactionTakesTheRowThatTookTheKeyOver() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().create(20, 2, "took over", 5L).build());
    assertThatRows(ITEMS, "id", "_cdc_op").areExactly(row(1, "u"), row(2, "k"));
    owner.commit(new Events(2_000).delete(3_000, 2).build());
    assertThatItems().areExactly(row(1, "one"));
  }

  @Test
  default void untouchedValuesMoveWithShiftedKeys() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(
        new Events().move(20, 1, 2, "one", UNCHANGED).move(30, 2, 3, "two", UNCHANGED).build());
    assertThatRows(ITEMS, "id", "name", "qty").areExactly(row(2, "one", 1L), row(3, "two", 2L));
  }

  @Test
  default void untouchedValuesOfARowInsertedInTheTransactionMoveWithItsKey() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().create(20, 5, "five", 5L).move(30, 5, 6, "six", UNCHANGED).build());
    assertThatRows(ITEMS, "id", "name", "qty")
        .areExactly(row(1, "one", 1L), row(2, "two", 2L), row(6, "six", 5L));
  }

  @Test
  default void untouchedValuesThatWereReplacedByAnEarlierCommitAreRefused() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    store(owner);
    owner.commit(new Events().move(20, 1, 2, "one", UNCHANGED).build());
    TableBatch rest = new Events().move(30, 2, 3, "two", UNCHANGED).build();
    assertThatExceptionOfType(RecordException.class)
        .as("move from key 2, whose row was replaced, to key 3")
        .isThrownBy(() -> owner.commit(rest))
        .returns(RowKey.of(3), RecordException::key);
  }

  private static void store(PartitionOwner owner) {
    owner.commit(
        batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).upsert(1, 2, "two", null, 2L).build());
  }

  private RowsAssert assertThatItems() {
    return assertThatRows(ITEMS, "id", "name");
  }

  /** Events of one transaction, folded. */
  final class Events {
    private final UpsertBatchBuilder fold = new UpsertBatchBuilder(ITEMS);
    private final long commitLsn;
    private TransactionVisibility coverage = TransactionVisibility.CONTINUED;

    Events() {
      this(10);
    }

    Events(long commitLsn) {
      this.commitLsn = commitLsn;
    }

    /** From here on, events of a transaction that this batch has from its start. */
    Events whole() {
      coverage = TransactionVisibility.FROM_START;
      return this;
    }

    Events create(long lsn, int id, String name, Object quantity) {
      return upsert(Operation.CREATE, lsn, id, name, quantity);
    }

    Events update(long lsn, int id, String name, Object quantity) {
      return upsert(Operation.UPDATE, lsn, id, name, quantity);
    }

    Events delete(long lsn, int id) {
      fold.delete(ITEM, RowKey.of(id), null, info(Operation.DELETE, lsn), coverage);
      return this;
    }

    /** A delete that tells the whole row (REPLICA IDENTITY FULL). */
    Events delete(long lsn, int id, String name, Object quantity) {
      Object[] before = {id, name, null, quantity};
      fold.delete(ITEM, RowKey.of(id), before, info(Operation.DELETE, lsn), coverage);
      return this;
    }

    Events tombstone(long lsn, int id) {
      fold.delete(
          ITEM, RowKey.of(id), null, info(Operation.DELETE, lsn), TransactionVisibility.NONE);
      return this;
    }

    Events move(long lsn, int from, int to, String name, Object quantity) {
      return delete(lsn, from).create(lsn, to, name, quantity);
    }

    TableBatch build() {
      return fold.build();
    }

    private Events upsert(Operation operation, long lsn, int id, String name, Object quantity) {
      Object[] cells = {id, name, null, quantity};
      fold.upsert(ITEM, RowKey.of(id), cells, info(operation, lsn), coverage);
      return this;
    }

    private ChangeInfo info(Operation operation, long lsn) {
      return new ChangeInfo(operation, new Position(0, commitLsn, lsn), commitLsn * 1_000);
    }
  }
}
