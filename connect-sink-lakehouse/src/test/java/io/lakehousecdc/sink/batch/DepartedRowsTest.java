// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that move to a row's new key. */
class DepartedRowsTest {
  private static final RowKey FORMER = RowKey.of(1);
  private static final RowKey NEW = RowKey.of(2);
  private static final Position AT = new Position(0, 5, 7);
  private static final Object[] ARRIVED = {2, "name", Cell.UNCHANGED};
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT32, false),
              new Column("name", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));
  private static final RowImage COMPLETE = image("text", null);
  private static final RowImage PARTIAL = image(Cell.UNCHANGED, null);
  private static final RowImage BARE = new RowImage(SCHEMA, null, null);

  private static final List<Step> CREATED = List.of(new Step(new Position(0, 5, 6), 1));

  private final DepartedRows rows = new DepartedRows();

  @Test
  void createAtThePositionOfADeleteIsTheRowUnderItsNewKey() {
    DepartedRow row = DepartedRow.known(FORMER, COMPLETE);
    rows.add(AT, row);
    assertSame(row, arriving(NEW, ARRIVED, Operation.CREATE));
  }

  @Test
  void onlyACreateWithUnchangedValuesNeedsTheOldRow() {
    rows.add(AT, DepartedRow.known(FORMER, COMPLETE));
    assertNull(arriving(NEW, new Object[] {2, "name", "body"}, Operation.CREATE));
    assertNull(arriving(NEW, ARRIVED, Operation.UPDATE));
    assertNull(arriving(NEW, ARRIVED, Operation.READ));
  }

  @Test
  void rowDeletedUnderTheSameKeyIsAnother() {
    rows.add(AT, DepartedRow.known(NEW, COMPLETE));
    assertSame(DepartedRow.UNKNOWN, arriving(NEW, ARRIVED, Operation.CREATE));
  }

  @ParameterizedTest
  @EnumSource(
      value = TransactionVisibility.class,
      names = {"FROM_START", "CONTINUED"})
  void createWithoutADeleteComesFromAnUnknownRow(TransactionVisibility visibility) {
    ChangeInfo info = new ChangeInfo(Operation.CREATE, AT, 0);
    assertSame(DepartedRow.UNKNOWN, rows.arriving(NEW, ARRIVED, info, visibility));
  }

  @Test
  void createWithoutAPlaceInATransactionBorrowsFromTheRowStoredUnderItsKey() {
    ChangeInfo info = new ChangeInfo(Operation.CREATE, AT, 0);
    assertNull(rows.arriving(NEW, ARRIVED, info, TransactionVisibility.NONE));
  }

  @Test
  void knownRowGivesItsValuesToTheRowUnderItsNewKey() {
    DepartedRow row = DepartedRow.known(FORMER, COMPLETE);
    assertArrayEquals(new Object[] {2, "name", "text"}, row.complete(SCHEMA, ARRIVED));
    assertEquals(Lender.former(FORMER, null, AT), row.lender(AT));
  }

  @Test
  void rowOfWhichNoValueIsKnownLeavesThemToTheRowStoredUnderItsKey() {
    DepartedRow row = DepartedRow.known(FORMER, BARE);
    assertSame(ARRIVED, row.complete(SCHEMA, ARRIVED));
    assertEquals(Lender.former(FORMER, null, AT), row.lender(AT));
  }

  @Test
  void valuesThatARowHasBorrowedItselfComeFromItsFirstKey() {
    Lender first = Lender.former(RowKey.of(0), null, AT);
    DepartedRow row = DepartedRow.known(FORMER, image(Cell.UNCHANGED, first));
    assertSame(first, row.lender(AT));
  }

  @Test
  void storedRowOutranksTheRowThatTookItsKeyOver() {
    DepartedRow row = DepartedRow.passed(FORMER, COMPLETE, CREATED);
    assertSame(ARRIVED, row.complete(SCHEMA, ARRIVED));
    assertEquals(Lender.passed(FORMER, COMPLETE, AT, CREATED), row.lender(AT));
  }

  @Test
  void rowWithUnchangedValuesIsFollowedToTheKeyBefore() {
    DepartedRow row = DepartedRow.passed(FORMER, PARTIAL, CREATED);
    assertEquals(Lender.passed(FORMER, PARTIAL, AT, CREATED), row.lender(AT));
  }

  @Test
  void nobodyLendsToARowFromAnUnknownKey() {
    assertSame(ARRIVED, DepartedRow.UNKNOWN.complete(SCHEMA, ARRIVED));
    assertEquals(Lender.former(null, null, AT), DepartedRow.UNKNOWN.lender(AT));
  }

  private DepartedRow arriving(RowKey key, Object[] cells, Operation operation) {
    ChangeInfo info = new ChangeInfo(operation, AT, 0);
    return rows.arriving(key, cells, info, TransactionVisibility.CONTINUED);
  }

  private static RowImage image(Object body, Lender lender) {
    return new RowImage(SCHEMA, new Object[] {1, "old name", body}, lender);
  }
}
