// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables for readers of protocol 1: no deletion vectors, no column mapping, no widening. */
class DeltaCopyOnWriteTest extends DeltaTargetTest {

  @Override
  Map<String, String> settings() {
    return Map.of(DeltaSettings.DELETION_VECTORS, "false");
  }

  @Override
  public boolean followsDroppedColumns() {
    return false;
  }

  @Override
  @Test
  public void integersAreWidenedAndNarrowValuesStillFit() {
    narrowColumnRefusesWhatDoesNotFit(Primitive.INT16, (short) 7, Primitive.INT64, 70_000L, 8L);
  }

  @Override
  @Test
  public void elementsOfArraysAreWidened() {
    narrowColumnRefusesWhatDoesNotFit(
        new Array(Primitive.INT16),
        List.of((short) 7),
        new Array(Primitive.INT32),
        List.of(70_000),
        List.of(8));
  }

  @Override
  @Test
  public void floatsAreWidened() {
    narrowColumnRefusesWhatDoesNotFit(
        Primitive.FLOAT32, 1.5f, Primitive.FLOAT64, Double.MAX_VALUE, 2.5);
  }

  @Override
  @Test
  public void decimalsAreWidenedInPrecisionAndScale() {
    narrowColumnRefusesWhatDoesNotFit(
        new Decimal(6, 2),
        new BigDecimal("1.00"),
        new Decimal(12, 2),
        new BigDecimal("1234567890.12"),
        new BigDecimal("2.00"));
  }

  /** Without column mapping, column names stand in the Parquet files, which take fewer. */
  @Override
  @Test
  public void namesAreTakenExactly() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    FatalException failure =
        assertThrows(
            FatalException.class,
            () ->
                owner.commit(
                    batch(
                            ITEMS,
                            schema(
                                1,
                                required("id", Primitive.INT32),
                                optional("in cm", Primitive.INT32)))
                        .upsert(1, 1, 180)
                        .build()));
    assertTrue(failure.getMessage().contains("in cm"), failure::getMessage);
  }

  private void narrowColumnRefusesWhatDoesNotFit(
      LogicalType narrow, Object first, LogicalType wide, Object tooWide, Object fits) {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(batch(ITEMS, columns(narrow)).upsert(1, 1, first).build());
    assertThrows(
        RecordException.class,
        () -> owner.commit(batch(ITEMS, columns(wide)).upsert(2, 2, tooWide).build()));
    owner.commit(batch(ITEMS, columns(wide)).upsert(3, 3, fits).build());
    assertThatRows(ITEMS, "id").areExactly(Warehouse.row(1), Warehouse.row(3));
  }

  private static RowSchema columns(LogicalType value) {
    return schema(1, required("id", Primitive.INT32), optional("v", value));
  }
}
