// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the changes of a batch take the values from that the source has left out. */
class HistoryBatchBuilderTest {
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT32, false),
              new Column("name", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));

  private final HistoryBatchBuilder builder = new HistoryBatchBuilder(new TableId("shop", "items"));

  @Test
  void rowThatHasLeftItsKeyTakesItsValuesFromAllTransactionsBefore() {
    upsert(Operation.CREATE, 8, 1, "a", "body");
    upsert(Operation.UPDATE, 24, 1, "b", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 32, 1, "c", Cell.UNCHANGED);
    delete(40, 1);
    upsert(Operation.CREATE, 40, 2, "c", Cell.UNCHANGED);
    assertThat(cells(2, 40)).containsExactly(2, "c", "body");
  }

  @Test
  void rowThatHasLeftItsKeyTakesTheLatestOfItsValues() {
    upsert(Operation.CREATE, 8, 1, "a", "first");
    upsert(Operation.UPDATE, 24, 1, "b", "second");
    upsert(Operation.UPDATE, 32, 1, "c", Cell.UNCHANGED);
    delete(40, 1);
    upsert(Operation.CREATE, 40, 2, "c", Cell.UNCHANGED);
    assertThat(cells(2, 40)).containsExactly(2, "c", "second");
  }

  /** What lies between may be stored. */
  @Test
  void changeThatHasComeAgainLendsNothingToOneThatCameBefore() {
    upsert(Operation.UPDATE, 40, 1, "c", Cell.UNCHANGED);
    again(Operation.CREATE, 8, 1, "a", "first");
    assertThat(cells(1, 40)).containsExactly(1, "c", Cell.UNCHANGED);
  }

  @Test
  void changeThatHasComeAgainHidesNoneBefore() {
    upsert(Operation.CREATE, 8, 1, "a", "first");
    upsert(Operation.UPDATE, 24, 1, "b", "second");
    upsert(Operation.UPDATE, 40, 1, "c", Cell.UNCHANGED);
    again(Operation.READ, 24, 1, "a", "first");
    assertThat(cells(1, 40)).containsExactly(1, "c", "second");
  }

  private void upsert(Operation operation, long lsn, Object... cells) {
    upsert(operation, lsn, Delivery.IN_ORDER, cells);
  }

  private void again(Operation operation, long lsn, Object... cells) {
    upsert(operation, lsn, Delivery.AGAIN, cells);
  }

  private void upsert(Operation operation, long lsn, Delivery delivery, Object... cells) {
    builder.upsert(
        SCHEMA,
        RowKey.of(cells[0]),
        cells,
        info(operation, lsn, delivery),
        TransactionVisibility.NONE);
  }

  private void delete(long lsn, int key) {
    builder.delete(
        SCHEMA,
        RowKey.of(key),
        null,
        info(Operation.DELETE, lsn, Delivery.IN_ORDER),
        TransactionVisibility.NONE);
  }

  private static ChangeInfo info(Operation operation, long lsn, Delivery delivery) {
    return new ChangeInfo(operation, new Position(0, lsn, lsn), lsn * 1_000, delivery);
  }

  private Object[] cells(int key, long lsn) {
    return builder.build().changes().stream()
        .filter(change -> change.key().equals(RowKey.of(key)))
        .filter(change -> change.info().position().lsn() == lsn)
        .filter(change -> !(change instanceof RowChange.Delete))
        .findFirst()
        .orElseThrow()
        .cells();
  }
}
