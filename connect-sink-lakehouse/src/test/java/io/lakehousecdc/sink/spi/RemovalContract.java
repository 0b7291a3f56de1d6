// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static io.lakehousecdc.sink.spi.Warehouse.soft;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Soft deletes and truncates. */
interface RemovalContract extends Warehouse {
  /** What a batch has that holds no change of a row. */
  RowSchema NOTHING = new RowSchema(List.of(), List.of());

  @Test
  default void softDeleteMarksTheRowAndKeepsItsValues() {
    PartitionOwner owner = owner(soft());
    owner.commit(
        batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).upsert(1, 2, "two", "b", 2L).build());
    CommitReceipt receipt = owner.commit(batch(ITEMS, ITEM).delete(5, 1).build());
    assertThatRows(ITEMS, "id", "name", "note", "_cdc_deleted", "_cdc_op", "_cdc_lsn", "_cdc_ts")
        .areExactly(
            row(1, "one", "a", true, "d", 5L, 5_000L), row(2, "two", "b", false, "u", 1L, 1_000L));
    assertThat(counted(receipt))
        .as("receipt of the delete")
        .isEqualTo(new CommitReceipt(0, 1, 0, 0, 0));
  }

  @Test
  default void softDeletedRowIsRevivedByALaterChangeOnly() {
    PartitionOwner owner = owner(soft());
    owner.commit(
        batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).upsert(1, 2, "two", "b", 2L).build());
    owner.commit(batch(ITEMS, ITEM).delete(5, 1).delete(5, 2).build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(4, 1, "late", null, null)
                .upsert(6, 2, "again", UNCHANGED, 3L)
                .build());
    assertThatRows(ITEMS, "id", "name", "note", "_cdc_deleted")
        .areExactly(row(1, "one", "a", true), row(2, "again", "b", false));
    assertThat(receipt.stale()).as("stale changes that %s counts", receipt).isEqualTo(1);
  }

  @Test
  default void softDeleteWithValuesKeepsThemEvenOfARowNeverStored() {
    PartitionOwner owner = owner(soft());
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .deleteOf(2, 1, "uno", UNCHANGED, 10L)
            .deleteOf(2, 2, "two", "b", 2L)
            .delete(2, 3)
            .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty", "_cdc_deleted", "_cdc_op")
        .areExactly(row(1, "uno", "a", 10L, true, "d"), row(2, "two", "b", 2L, true, "d"));
  }

  /** The source makes a key up where the replica identity is an index of other columns. */
  @Test
  default void deleteThatFindsNoRowIsCountedAndStoresNothing() {
    for (TableOptions options : List.of(TableOptions.DEFAULT, soft())) {
      TableId table = new TableId(ITEMS.schema(), "items_" + options.deleteMode());
      PartitionOwner owner = owner(options);
      owner.commit(batch(table, ITEM).upsert(1, 1, "one", "a", 1L).build());
      CommitReceipt receipt =
          owner.commit(batch(table, ITEM).delete(5, 0).upsert(6, 2, "two", "b", 2L).build());
      assertThat(receipt.skips().counts())
          .as("skipped under %s", options.deleteMode())
          .isEqualTo(Map.of(SkipReason.NOTHING_TO_DELETE, 1L));
      assertThat(receipt.skips().examples())
          .containsExactly(
              new SkippedChange(
                  table, SkipReason.NOTHING_TO_DELETE, RowKey.of(0), Batches.at(5), null));
      assertThatRows(table, "id", "name").areExactly(row(1, "one"), row(2, "two"));
    }
  }

  /** So it is with what was created in the same batch, or comes again. */
  @Test
  default void deleteThatNeedNotFindARowIsNotCounted() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    ChangeInfo again =
        new ChangeInfo(Operation.DELETE, Batches.at(3), 3_000, ChangeInfo.Delivery.AGAIN);
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .deleteOf(2, 2, "two", "b", 2L)
                .change(new RowChange.Delete(RowKey.of(3), null, again))
                .build());
    assertThat(receipt.skips().counts()).isEmpty();
    assertThatRows(ITEMS, "id").areExactly(row(1));
  }

  @Test
  default void truncateRemovesWhatIsBelowItAndIsRememberedForWhatComesLate() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "below", null, null)
            .upsert(9, 2, "below", null, null)
            .upsert(10, 3, "at", null, null)
            .upsert(11, 4, "above", null, null)
            .build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(12, 5, "after", null, null)
                .upsert(8, 6, "before", null, null)
                .truncate(10)
                .build());
    assertThatRows(ITEMS, "id").as("after the truncate").areExactly(row(3), row(4), row(5));
    assertThat(counted(receipt))
        .as("receipt of the truncate")
        .isEqualTo(new CommitReceipt(1, 2, 1, 0, 0));

    CommitReceipt late =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(9, 7, "late", null, null)
                .upsert(9, 8, "late", UNCHANGED, null)
                .upsert(10, 9, "same time", null, null)
                .build());
    assertThatRows(ITEMS, "id")
        .as("after the late changes")
        .areExactly(row(3), row(4), row(5), row(9));
    assertThat(counted(late))
        .as("receipt of the late changes")
        .isEqualTo(new CommitReceipt(1, 0, 2, 0, 0));
  }

  @Test
  default void truncateOfOneTaskHoldsForAllOthers() {
    PartitionOwner one = PartitionOwner.of(open(TableOptions.DEFAULT), P0);
    PartitionOwner other =
        PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
    one.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    other.commit(batch(ITEMS, ITEM).upsert(2, 2, "two", null, null).build());
    one.commit(batch(ITEMS, ITEM).truncate(10).build());
    CommitReceipt receipt =
        other.commit(
            batch(ITEMS, ITEM)
                .upsert(9, 3, "late", null, null)
                .upsert(11, 4, "new", null, null)
                .build());
    assertThatRows(ITEMS, "id").as("after the other task's changes").areExactly(row(4));
    assertThat(receipt.stale()).as("stale changes that %s counts", receipt).isEqualTo(1);

    PartitionOwner reopened = PartitionOwner.of(open(TableOptions.DEFAULT), P0);
    reopened.commit(batch(ITEMS, ITEM).upsert(9, 5, "late", null, null).build());
    assertThatRows(ITEMS, "id").as("after a new owner's change").areExactly(row(4));
  }

  @Test
  default void lesserTruncateDoesNotReplaceAGreaterOne() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).truncate(10).build());
    owner.commit(batch(ITEMS, ITEM).truncate(5).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(7, 1, "gone", null, null)
            .upsert(12, 2, "there", null, null)
            .build());
    assertThatRows(ITEMS, "id").areExactly(row(2));
  }

  @Test
  default void truncateUnderSoftDeletesMarksRows() {
    PartitionOwner owner = owner(soft());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "one", null, null)
            .upsert(20, 2, "two", null, null)
            .deleteOf(2, 3, "three", null, null)
            .build());
    CommitReceipt receipt = owner.commit(batch(ITEMS, ITEM).truncate(10).build());
    assertThatRows(ITEMS, "id", "name", "_cdc_deleted", "_cdc_lsn")
        .areExactly(row(1, "one", true, 10L), row(2, "two", false, 20L), row(3, "three", true, 2L));
    assertThat(receipt.deleted()).as("rows deleted that %s counts", receipt).isEqualTo(1);
  }

  @Test
  default void truncateThatComesByItselfKnowsNoColumns() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, NOTHING).truncate(1).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(2, 1, "below", null, null)
            .upsert(20, 2, "above", null, null)
            .build());
    CommitReceipt receipt = owner.commit(batch(ITEMS, NOTHING).truncate(10).build());
    assertThat(receipt.deleted()).as("rows deleted that %s counts", receipt).isEqualTo(1);
    owner.commit(batch(ITEMS, ITEM).upsert(21, 1, "again", null, null).build());
    assertThatRows(ITEMS, "id", "name")
        .as("after the first owner")
        .areExactly(row(1, "again"), row(2, "above"));

    PartitionOwner reopened = owner(TableOptions.DEFAULT);
    reopened.commit(batch(ITEMS, NOTHING).truncate(30).build());
    assertThatRows(ITEMS, "id").as("after the next owner's truncate").areExactly();
    reopened.commit(batch(ITEMS, ITEM).upsert(31, 2, "anew", null, null).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(2, "anew"));
  }

  @Test
  default void truncateThatComesByItselfMarksRowsUnderSoftDeletes() {
    PartitionOwner owner = owner(soft());
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    owner.commit(batch(ITEMS, NOTHING).truncate(10).build());
    owner(soft()).commit(batch(ITEMS, NOTHING).truncate(11).build());
    owner(soft()).commit(batch(ITEMS, ITEM).upsert(12, 2, "two", null, null).build());
    assertThatRows(ITEMS, "id", "name", "_cdc_deleted", "_cdc_lsn")
        .areExactly(row(1, "one", true, 10L), row(2, "two", false, 12L));
  }
}
