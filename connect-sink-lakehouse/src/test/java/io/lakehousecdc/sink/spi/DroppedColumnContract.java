// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.ABSENT;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import org.junit.jupiter.api.Test;

/** Columns that the source drops are kept, nulled or dropped, and old values never come back. */
interface DroppedColumnContract extends Warehouse {
  String SOURCE = "src:shop.items";
  RowSchema WITH =
      schema(
          1,
          required("id", Primitive.INT32),
          optional("a", Primitive.INT32),
          optional("colour", Primitive.TEXT));
  RowSchema WITHOUT = schema(1, required("id", Primitive.INT32), optional("a", Primitive.INT32));

  private static TableOptions policy(DroppedColumns dropped) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        base.evolution(),
        dropped,
        base.metadata(),
        base.deadLetterTable());
  }

  private PartitionOwner begun(DroppedColumns dropped) {
    assumeTrue(followsDroppedColumns(), "cannot drop columns");
    PartitionOwner owner = owner(policy(dropped));
    owner.commit(
        batch(ITEMS, WITH)
            .upsert(10, 1, 1, "red")
            .upsert(11, 2, 1, "blue")
            .seen(SOURCE, 10, 11, "id", "a", "colour")
            .build());
    return owner;
  }

  @Test
  default void keptColumnKeepsItsValues() {
    PartitionOwner owner = begun(DroppedColumns.KEEP);
    owner.commit(
        batch(ITEMS, WITHOUT)
            .upsert(20, 1, 2)
            .upsert(21, 3, 2)
            .seen(SOURCE, 20, 21, "id", "a")
            .build());
    assertThatRows(ITEMS, "id", "a", "colour")
        .areExactly(row(1, 2, "red"), row(2, 1, "blue"), row(3, 2, null));
  }

  @Test
  default void nulledColumnLosesItsValuesInEveryRow() {
    PartitionOwner owner = begun(DroppedColumns.NULL);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    assertThatRows(ITEMS, "id", "a", "colour").areExactly(row(1, 2, null), row(2, 1, null));
  }

  @Test
  default void droppedColumnGoesAndRowsStay() {
    PartitionOwner owner = begun(DroppedColumns.DROP);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    assertThatRows(ITEMS, "id", "a").areExactly(row(1, 2), row(2, 1));
    assertThat(rows(ITEMS).get(0)).as("first row of %s", ITEMS).doesNotContainKey("colour");
  }

  @Test
  default void dropIsNoticedByTheNextOwnerToo() {
    begun(DroppedColumns.DROP);
    PartitionOwner next = owner(policy(DroppedColumns.DROP));
    next.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    assertThat(rows(ITEMS).get(0)).as("first row of %s", ITEMS).doesNotContainKey("colour");
  }

  @Test
  default void keptColumnThatComesBackIsEmpty() {
    comesBackEmpty(DroppedColumns.KEEP);
  }

  @Test
  default void nulledColumnThatComesBackIsEmpty() {
    comesBackEmpty(DroppedColumns.NULL);
  }

  @Test
  default void droppedColumnThatComesBackIsEmpty() {
    comesBackEmpty(DroppedColumns.DROP);
  }

  private void comesBackEmpty(DroppedColumns policy) {
    PartitionOwner owner = begun(policy);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    owner.commit(
        batch(ITEMS, WITH)
            .upsert(30, 3, 3, "green")
            .seen(SOURCE, 30, 30, "id", "a", "colour")
            .build());
    assertThatRows(ITEMS, "id", "a", "colour")
        .areExactly(row(1, 2, null), row(2, 1, null), row(3, 3, "green"));
  }

  @Test
  default void columnMayComeBackWithAnotherTypeAndLateChangesOfTheOldOneDoNoHarm() {
    PartitionOwner owner = begun(DroppedColumns.KEEP);
    PartitionOwner late = PartitionOwner.of(open(policy(DroppedColumns.KEEP)), P1);
    RowSchema other =
        schema(
            1,
            required("id", Primitive.INT32),
            optional("a", Primitive.INT32),
            optional("colour", Primitive.BYTES));
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    owner.commit(
        batch(ITEMS, other)
            .upsert(30, 3, 3, new byte[] {1})
            .seen(SOURCE, 30, 30, "id", "a", "colour")
            .build());
    late.commit(
        batch(ITEMS, WITH)
            .upsert(12, 2, 5, "late")
            .seen(SOURCE, 12, 12, "id", "a", "colour")
            .build());
    assertThatRows(ITEMS, "id", "a").areExactly(row(1, 2), row(2, 5), row(3, 3));
    assertThat(rows(ITEMS))
        .as("rows of %s that lost their colour", ITEMS)
        .filteredOn(row -> row.get("colour") == null)
        .extracting(row -> row.get("id"))
        .containsExactlyInAnyOrder(1, 2);
  }

  @Test
  default void columnThatGoesAndComesBackInOneBatchIsEmpty() {
    PartitionOwner owner = begun(DroppedColumns.KEEP);
    owner.commit(
        batch(ITEMS, WITH)
            .upsert(20, 1, 2, ABSENT)
            .upsert(15, 4, 4, "old")
            .upsert(30, 3, 3, "green")
            .seen(SOURCE, 15, 15, "id", "a", "colour")
            .seen(SOURCE, 20, 20, "id", "a")
            .seen(SOURCE, 30, 30, "id", "a", "colour")
            .build());
    assertThatRows(ITEMS, "id", "a", "colour")
        .areExactly(row(1, 2, null), row(2, 1, null), row(3, 3, "green"), row(4, 4, null));
  }

  @Test
  default void lateChangeFromBeforeTheDropBringsNoValueBack() {
    PartitionOwner owner = begun(DroppedColumns.NULL);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    commitLate(DroppedColumns.NULL);
    assertThatRows(ITEMS, "id", "a", "colour").areExactly(row(1, 2, null), row(2, 5, null));
  }

  @Test
  default void lateChangeFromBeforeTheDropBringsNoColumnBack() {
    PartitionOwner owner = begun(DroppedColumns.DROP);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    commitLate(DroppedColumns.DROP);
    assertThatRows(ITEMS, "id", "a").areExactly(row(1, 2), row(2, 5));
    assertThat(rows(ITEMS).get(0)).as("first row of %s", ITEMS).doesNotContainKey("colour");
  }

  private void commitLate(DroppedColumns policy) {
    PartitionOwner.of(open(policy(policy)), P1)
        .commit(
            batch(ITEMS, WITH)
                .upsert(12, 2, 5, "late")
                .seen(SOURCE, 12, 12, "id", "a", "colour")
                .build());
  }

  @Test
  default void columnThatIsInNoStreamedChangeIsLeftAlone() {
    assumeTrue(followsDroppedColumns(), "cannot drop columns");
    PartitionOwner owner = owner(policy(DroppedColumns.DROP));
    owner.commit(batch(ITEMS, WITH).upsert(10, 1, 1, "generated").build());
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "id", "a").build());
    assertThatRows(ITEMS, "id", "a", "colour").areExactly(row(1, 2, "generated"));
  }

  @Test
  default void tableFedByTwoSourceTablesKeepsItsColumns() {
    PartitionOwner owner = begun(DroppedColumns.DROP);
    owner.commit(
        batch(ITEMS, WITHOUT).upsert(20, 7, 7).seen("src:other.items", 20, 20, "id", "a").build());
    owner.commit(batch(ITEMS, WITHOUT).upsert(30, 1, 2).seen(SOURCE, 30, 30, "id", "a").build());
    assertThatRows(ITEMS, "id", "a", "colour")
        .areExactly(row(1, 2, "red"), row(2, 1, "blue"), row(7, 7, null));
  }

  @Test
  default void keyColumnIsNeverDropped() {
    PartitionOwner owner = begun(DroppedColumns.DROP);
    owner.commit(batch(ITEMS, WITHOUT).upsert(20, 1, 2).seen(SOURCE, 20, 20, "a").build());
    assertThatRows(ITEMS, "id", "a").areExactly(row(1, 2), row(2, 1));
  }
}
