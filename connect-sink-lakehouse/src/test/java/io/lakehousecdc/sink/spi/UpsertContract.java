// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Upsert mode with hard deletes: rows follow the changes, in order of position. */
interface UpsertContract extends Warehouse {

  @Test
  default void rowsAreInsertedUpdatedAndDeleted() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    CommitReceipt first =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(10, 1, "one", "a", 5L)
                .upsert(11, 2, "two", null, null)
                .upsert(12, 3, "three", "c", -1L)
                .build());
    CommitReceipt second =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(20, 2, "zwei", "b", 7L)
                .delete(21, 3)
                .upsert(22, 4, "four", null, 0L)
                .build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(row(1, "one", "a", 5L), row(2, "zwei", "b", 7L), row(4, "four", null, 0L));
    assertThat(counted(first))
        .as("receipt of the inserts")
        .isEqualTo(new CommitReceipt(3, 0, 0, 0, 0));
    assertThat(counted(second))
        .as("receipt of the mixed commit")
        .isEqualTo(new CommitReceipt(2, 1, 0, 0, 0));
  }

  @Test
  default void metadataColumnsTellTheChange() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(new Position(3, 100, 77), 1, "one", null, null).build());
    assertThatRows(ITEMS, "id", "_cdc_op", "_cdc_ts", "_cdc_lsn", "_cdc_commit_lsn", "_cdc_epoch")
        .areExactly(row(1, "u", 77_000L, 77L, 100L, 3));
  }

  @Test
  default void olderChangesAreSkippedAndCounted() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM).upsert(50, 1, "one", null, 1L).upsert(50, 2, "two", null, 2L).build());
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, ITEM).upsert(49, 1, "old", null, 0L).delete(40, 2).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "one"), row(2, "two"));
    assertThat(counted(receipt))
        .as("receipt of the older changes")
        .isEqualTo(new CommitReceipt(0, 0, 2, 0, 0));
  }

  @Test
  default void epochOutranksCommitLsnAndCommitLsnOutranksLsn() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(new Position(0, 500, 900), 1, "one", null, null)
            .upsert(new Position(0, 500, 900), 2, "two", null, null)
            .upsert(new Position(1, 1, 1), 3, "three", null, null)
            .build());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(new Position(0, 501, 100), 1, "later commit", null, null)
            .upsert(new Position(1, 10, 10), 2, "later epoch", null, null)
            .upsert(new Position(0, 999, 999), 3, "earlier epoch", null, null)
            .build());
    assertThatRows(ITEMS, "id", "name")
        .areExactly(row(1, "later commit"), row(2, "later epoch"), row(3, "three"));
  }

  @Test
  default void changeAtAnEqualPositionIsApplied() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, ITEM).upsert(50, 1, "one", null, 1L).upsert(50, 2, "two", null, 2L).build());
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, ITEM).upsert(50, 1, "uno", null, 0L).delete(50, 2).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "uno"));
    assertThat(counted(receipt))
        .as("receipt of the changes at the equal position")
        .isEqualTo(new CommitReceipt(1, 1, 0, 0, 0));
  }

  @Test
  default void deleteOfAnUnknownRowDoesNothing() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    CommitReceipt receipt = owner.commit(batch(ITEMS, ITEM).delete(2, 77).build());
    assertThatRows(ITEMS, "id").areExactly(row(1));
    assertThat(receipt.upserted() + receipt.deleted()).as("rows of %s", receipt).isZero();
  }

  @Test
  default void keysOfSeveralColumnsInAnyPlace() {
    TableId table = new TableId("shop", "lines");
    RowSchema lines =
        new RowSchema(
            List.of(
                optional("note", Primitive.TEXT),
                required("line", Primitive.INT16),
                required("order", Primitive.TEXT)),
            List.of(2, 1));
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(table, lines)
            .upsert(1, "a", (short) 1, "A")
            .upsert(2, "b", (short) 2, "A")
            .upsert(3, "c", (short) 1, "B")
            .build());
    owner.commit(
        batch(table, lines).upsert(4, "bb", (short) 2, "A").delete(5, "B", (short) 1).build());
    assertThatRows(table, "order", "line", "note")
        .areExactly(row("A", (short) 1, "a"), row("A", (short) 2, "bb"));
  }

  @Test
  default void namesAreTakenExactly() {
    TableId table = new TableId("Sales Dept", "Order");
    RowSchema columns =
        schema(
            1,
            required("Id", Primitive.INT32),
            optional("select", Primitive.TEXT),
            optional("Größe in cm", Primitive.INT32));
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(table, columns).upsert(1, 1, "x", 180).build());
    owner.commit(batch(table, columns).upsert(2, 1, Cell.UNCHANGED, 181).build());
    assertThatRows(table, "Id", "select", "Größe in cm").areExactly(row(1, "x", 181));
  }

  @Test
  default void oneCommitWritesManyTables() {
    TableId other = new TableId("shop", "others");
    RowSchema columns = schema(1, required("k", Primitive.TEXT), optional("v", Primitive.BOOLEAN));
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build(),
            batch(other, columns).upsert(2, "a", true).upsert(3, "b", null).build());
    assertThatRows(ITEMS, "id").areExactly(row(1));
    assertThatRows(other, "k", "v").areExactly(row("a", true), row("b", null));
    assertThat(receipt.upserted()).as("rows of both tables that %s counts", receipt).isEqualTo(3);
  }

  @Test
  default void manyRowsInOneCommit() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    Batches inserts = batch(ITEMS, ITEM);
    Batches changes = batch(ITEMS, ITEM);
    List<List<Object>> expected = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      String note = i % 3 == 0 ? null : "note";
      inserts.upsert(i + 1, i, "name " + i, note, (long) i);
      if (i % 2 == 0) {
        changes.upsert(10_000 + i, i, "changed " + i, null, -1L);
        expected.add(row(i, "changed " + i, null, -1L));
      } else if (i % 5 == 0) {
        changes.delete(10_000 + i, i);
      } else {
        expected.add(row(i, "name " + i, note, (long) i));
      }
    }
    owner.commit(inserts.build());
    assertThat(counted(owner.commit(changes.build())))
        .as("receipt of the changes")
        .isEqualTo(new CommitReceipt(2_500, 500, 0, 0, 0));
    assertThatRows(ITEMS, "id", "name", "note", "qty").areExactly(expected);
  }
}
