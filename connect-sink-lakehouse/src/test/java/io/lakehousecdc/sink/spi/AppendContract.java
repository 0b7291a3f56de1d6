// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.append;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Append mode: the table is the log of the changes. Unknown cells are NULL in it. */
interface AppendContract extends Warehouse {

  @Test
  default void everyChangeIsARow() {
    PartitionOwner owner = owner(append());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(1, 1, "one", "a", 1L)
                .upsert(2, 1, "one", Cell.UNCHANGED, 2L)
                .delete(3, 1)
                .deleteOf(4, 2, "two", "b", 5L)
                .build());
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    assertThatRows(ITEMS, "id", "name", "note", "qty", "_cdc_op", "_cdc_lsn", "_cdc_deleted")
        .areExactly(
            row(1, null, null, null, "d", 3L, true),
            row(1, "one", "a", 1L, "u", 1L, false),
            row(1, "one", "a", 1L, "u", 1L, false),
            row(1, "one", null, 2L, "u", 2L, false),
            row(2, "two", "b", 5L, "d", 4L, true));
    assertThat(counted(receipt))
        .as("receipt of the first commit")
        .isEqualTo(new CommitReceipt(2, 2, 0, 0, 0));
  }

  @Test
  default void tableNeedsNoKey() {
    TableId log = new TableId("shop", "log");
    RowSchema columns =
        schema(0, required("at", Primitive.INT64), optional("text", Primitive.TEXT));
    PartitionOwner owner = owner(append());
    owner.commit(batch(log, columns).upsert(1, 5L, "x").upsert(2, 5L, "x").build());
    owner.commit(batch(log, columns).deleteOf(3, 5L, "x").build());
    assertThatRows(log, "at", "text", "_cdc_op")
        .areExactly(row(5L, "x", "d"), row(5L, "x", "u"), row(5L, "x", "u"));
  }

  /** It comes in a batch of its own, because its row has no key. */
  @Test
  default void truncateIsARowToo() {
    PartitionOwner owner = owner(append());
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    owner.commit(truncate(10));
    owner.commit(batch(ITEMS, ITEM).upsert(12, 2, "two", "b", 2L).build());
    assertThatRows(ITEMS, "id", "name", "_cdc_op", "_cdc_ts", "_cdc_lsn", "_cdc_deleted")
        .areExactly(
            row(1, "one", "u", 1_000L, 1L, false),
            row(2, "two", "u", 12_000L, 12L, false),
            row(null, null, "t", 10_000L, 10L, true));
  }

  @Test
  default void truncateMayComeFirst() {
    PartitionOwner owner = owner(append());
    owner.commit(truncate(10));
    owner.commit(batch(ITEMS, ITEM).upsert(12, 2, "two", "b", 2L).build());
    assertThatRows(ITEMS, "_cdc_lsn", "id", "name", "_cdc_op")
        .areExactly(row(10L, null, null, "t"), row(12L, 2, "two", "u"));
  }

  @Test
  default void repeatedCommitAppendsNothingTwice() {
    PartitionOwner owner = owner(append());
    Commit commit = owner.prepare(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    owner.commit(commit);
    owner.commit(commit);
    assertThatRows(ITEMS, "id", "name").as("after the repetition").areExactly(row(1, "one"));
    owner.commit(batch(ITEMS, ITEM).upsert(2, 2, "two", "a", 1L).build());
    assertThatRows(ITEMS, "id", "name")
        .as("after the next commit")
        .areExactly(row(1, "one"), row(2, "two"));
  }

  @Test
  default void unchangedValuesAreToldFromNull() {
    PartitionOwner owner = owner(append());
    owner.commit(
        listed(
            batch(ITEMS, ITEM)
                .upsert(1, 1, "one", "a", 1L)
                .upsert(2, 1, "one", Cell.UNCHANGED, 2L)
                .upsert(3, 1, Cell.UNCHANGED, Cell.UNCHANGED, Cell.ABSENT)
                .upsert(4, 1, "one", null, 4L)
                .delete(5, 1)
                .deleteOf(6, 2, "two", Cell.UNCHANGED, 6L)
                .build()));
    owner.commit(listed(truncate(7)));
    assertThatRows(ITEMS, "_cdc_lsn", "name", "note", "_cdc_unchanged")
        .areExactly(
            row(1L, "one", "a", null),
            row(2L, "one", null, List.of("note")),
            row(3L, null, null, List.of("name", "note")),
            row(4L, "one", null, null),
            row(5L, null, null, null),
            row(6L, "two", null, List.of("note")),
            row(7L, null, null, null));
  }

  /** The second column is one that PostgreSQL has to cast. */
  @Test
  default void unchangedValuesOfTablesWithoutKeyAreListedToo() {
    TableId log = new TableId("shop", "log");
    RowSchema columns =
        schema(0, optional("at", Primitive.TIMETZ), optional("text", Primitive.TEXT));
    owner(append())
        .commit(
            listed(
                batch(log, columns)
                    .upsert(1, "10:15:30Z", "x")
                    .upsert(2, "10:15:30Z", Cell.UNCHANGED)
                    .build()));
    assertThatRows(log, "_cdc_lsn", "text", "_cdc_unchanged")
        .areExactly(row(1L, "x", null), row(2L, null, List.of("text")));
  }

  @Test
  default void tableWithoutTheListOfUnchangedColumnsGetsIt() {
    owner(append()).commit(batch(ITEMS, ITEM).upsert(1, 1, "one", Cell.UNCHANGED, 1L).build());
    owner(append())
        .commit(listed(batch(ITEMS, ITEM).upsert(2, 1, "one", Cell.UNCHANGED, 2L).build()));
    assertThatRows(ITEMS, "_cdc_lsn", "note", "_cdc_unchanged")
        .areExactly(row(1L, null, null), row(2L, null, List.of("note")));
  }

  @Test
  default void tableWithoutTheListIsRefusedWhereItMayNotChange() {
    owner(append()).commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    PartitionOwner owner = owner(appendToFixed());
    TableBatch next = batch(ITEMS, ITEM).upsert(2, 1, "one", Cell.UNCHANGED, 2L).build();
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(() -> owner.commit(listed(next)))
        .withMessageContaining("_cdc_unchanged")
        .withMessageContaining("schema.evolution");
    owner.commit(next);
    assertThatRows(ITEMS, "_cdc_lsn", "note").areExactly(row(1L, "a"), row(2L, null));
  }

  private static TableBatch truncate(long lsn) {
    ChangeInfo info = Batches.info(Operation.TRUNCATE, Batches.at(lsn));
    return batch(ITEMS, schema(0))
        .change(new RowChange.Delete(RowKey.of(), new Object[0], info))
        .build();
  }

  private static TableBatch listed(TableBatch batch) {
    return new UnchangedColumn("_cdc_unchanged").addTo(batch);
  }

  private static TableOptions appendToFixed() {
    TableOptions base = append();
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        TableOptions.Evolution.NONE,
        base.metadata(),
        base.deadLetterTable());
  }
}
