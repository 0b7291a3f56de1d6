// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.change.Cell.ABSENT;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables follow the source's columns: add, widen, relax; never anything that loses a value. */
interface SchemaContract extends Warehouse {

  @Test
  default void newColumnIsAddedAndOldRowsHaveNull() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, schemaOf(Primitive.INT32)).upsert(1, 1, 5).build());
    RowSchema wider =
        schema(
            1,
            required("id", Primitive.INT32),
            required("v", Primitive.INT32),
            required("added", Primitive.TEXT));
    owner.commit(batch(ITEMS, wider).upsert(2, 2, 6, "x").build());
    assertThatRows(ITEMS, "id", "v", "added").areExactly(row(1, 5, null), row(2, 6, "x"));
  }

  @Test
  default void columnThatNoLongerComesIsKept() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", "a", 1L).build());
    RowSchema narrower =
        schema(1, required("id", Primitive.INT32), optional("note", Primitive.TEXT));
    owner.commit(batch(ITEMS, narrower).upsert(2, 1, "b").upsert(2, 2, "c").build());
    assertThatRows(ITEMS, "id", "name", "note", "qty")
        .areExactly(row(1, "one", "b", 1L), row(2, null, "c", null));
  }

  @Test
  default void columnThatBecomesOptionalTakesNull() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, schema(1, required("id", Primitive.INT32), required("v", Primitive.TEXT)))
            .upsert(1, 1, "a")
            .build());
    owner.commit(batch(ITEMS, schemaOf(Primitive.TEXT)).upsert(2, 1, (Object) null).build());
    assertThatRows(ITEMS, "id", "v").areExactly(row(1, null));
  }

  @Test
  default void integersAreWidenedAndNarrowValuesStillFit() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, schemaOf(Primitive.INT16)).upsert(1, 1, (short) 7).build());
    owner.commit(batch(ITEMS, schemaOf(Primitive.INT64)).upsert(2, 2, Long.MAX_VALUE).build());
    owner.commit(batch(ITEMS, schemaOf(Primitive.INT32)).upsert(3, 3, Integer.MIN_VALUE).build());
    assertThatRows(ITEMS, "id", "v")
        .areExactly(row(1, 7L), row(2, Long.MAX_VALUE), row(3, (long) Integer.MIN_VALUE));
  }

  @Test
  default void floatsAreWidened() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, schemaOf(Primitive.FLOAT32)).upsert(1, 1, 1.5f).build());
    owner.commit(batch(ITEMS, schemaOf(Primitive.FLOAT64)).upsert(2, 2, Double.MAX_VALUE).build());
    assertThatRows(ITEMS, "id", "v").areExactly(row(1, 1.5), row(2, Double.MAX_VALUE));
  }

  @Test
  default void decimalsAreWidenedInPrecisionAndScale() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, schemaOf(new Decimal(6, 2))).upsert(1, 1, new BigDecimal("1234.50")).build());
    owner.commit(
        batch(ITEMS, schemaOf(new Decimal(12, 2)))
            .upsert(2, 2, new BigDecimal("1234567890.12"))
            .build());
    owner.commit(
        batch(ITEMS, schemaOf(new Decimal(6, 4))).upsert(3, 3, new BigDecimal("12.3456")).build());
    assertThatRows(ITEMS, "id", "v")
        .areExactly(
            row(1, new BigDecimal("1234.5000")),
            row(2, new BigDecimal("1234567890.1200")),
            row(3, new BigDecimal("12.3456")));
  }

  @Test
  default void elementsOfArraysAreWidened() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(
        batch(ITEMS, schemaOf(new Array(Primitive.INT16)))
            .upsert(1, 1, List.of((short) 7))
            .upsert(2, 2, List.of((short) 8))
            .build());
    owner.commit(
        batch(ITEMS, schemaOf(new Array(Primitive.INT32)))
            .upsert(3, 2, List.of(Integer.MIN_VALUE, 9))
            .build());
    owner.commit(
        batch(ITEMS, schemaOf(new Array(Primitive.INT64)))
            .upsert(4, 3, List.of(Long.MAX_VALUE))
            .build());
    assertThatRows(ITEMS, "id", "v")
        .areExactly(
            row(1, List.of(7L)),
            row(2, List.of((long) Integer.MIN_VALUE, 9L)),
            row(3, List.of(Long.MAX_VALUE)));
  }

  @Test
  default void columnOfAnotherKindIsFatalAndChangesNothing() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, schemaOf(Primitive.BOOLEAN)).upsert(1, 1, true).build());
    TableBatch bytes = batch(ITEMS, schemaOf(Primitive.BYTES)).upsert(2, 1, new byte[] {1}).build();
    assertThatExceptionOfType(FatalException.class)
        .as("bytes for the boolean column v")
        .isThrownBy(() -> owner.commit(bytes))
        .withMessageContaining("v")
        .withMessageContaining(ITEMS.toString());
    assertThatRows(ITEMS, "id", "v").areExactly(row(1, true));
  }

  @Test
  default void withoutEvolutionAMissingTableIsFatal() {
    PartitionOwner owner = owner(fixed());
    TableBatch first = batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build();
    assertThatExceptionOfType(FatalException.class)
        .as("commit to a table that does not exist")
        .isThrownBy(() -> owner.commit(first))
        .withMessageContaining(ITEMS.toString())
        .withMessageContaining("schema.evolution");
  }

  @Test
  default void withoutEvolutionAMissingColumnIsFatalAndAMatchingTableIsUsed() {
    owner(TableOptions.DEFAULT)
        .commit(batch(ITEMS, schemaOf(Primitive.INT32)).upsert(1, 1, 5).build());
    PartitionOwner owner = owner(fixed());
    owner.commit(batch(ITEMS, schemaOf(Primitive.INT32)).upsert(2, 2, 6).build());
    RowSchema wider =
        schema(
            1,
            required("id", Primitive.INT32),
            optional("v", Primitive.INT32),
            optional("added", Primitive.TEXT));
    assertThatExceptionOfType(FatalException.class)
        .as("commit with a column that does not exist")
        .isThrownBy(() -> owner.commit(batch(ITEMS, wider).upsert(3, 3, 7, "x").build()))
        .withMessageContaining("added");
    assertThatRows(ITEMS, "id", "v").areExactly(row(1, 5), row(2, 6));
  }

  @Test
  default void schemasMayAlternate() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    RowSchema other = schema(1, required("id", Primitive.INT32), optional("w", Primitive.TEXT));
    for (int round = 0; round < 3; round++) {
      owner.commit(
          batch(ITEMS, schemaOf(Primitive.INT32)).upsert(10 * round + 1, 1, round).build());
      owner.commit(batch(ITEMS, other).upsert(10 * round + 2, 1, "w" + round).build());
    }
    assertThatRows(ITEMS, "id", "v", "w").areExactly(row(1, 2, "w2"));
  }

  @Test
  default void columnOfUnionThatARowLacksIsLeftAlone() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    RowSchema union =
        schema(
            1,
            required("id", Primitive.INT32),
            optional("v", Primitive.INT32),
            optional("w", Primitive.TEXT));
    owner.commit(batch(ITEMS, union).upsert(1, 1, 1, "w").upsert(1, 2, 2, ABSENT).build());
    owner.commit(batch(ITEMS, union).upsert(2, 1, ABSENT, "x").upsert(2, 2, 3, "y").build());
    assertThatRows(ITEMS, "id", "v", "w").areExactly(row(1, 1, "x"), row(2, 3, "y"));
  }

  private static RowSchema schemaOf(LogicalType value) {
    return schema(1, required("id", Primitive.INT32), optional("v", value));
  }

  private static TableOptions fixed() {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        TableOptions.Evolution.NONE,
        base.metadata(),
        base.deadLetterTable());
  }
}
