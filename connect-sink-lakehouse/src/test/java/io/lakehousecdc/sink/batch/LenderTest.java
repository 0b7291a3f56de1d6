// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes that come late and lend what newer ones leave unchanged. */
class LenderTest {
  private static final RowKey KEY = RowKey.of(1);
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT32, false), new Column("body", Primitive.TEXT, true)),
          List.of(0));
  private static final RowImage FIRST = image("first");
  private static final RowImage SECOND = image("second");

  @Test
  void changeThatComesLateLendsWhereNobodyDoes() {
    assertEquals(
        new Lender(KEY, FIRST, at(4), Cause.LATE_CHANGE, List.of()),
        Lender.orLate(null, KEY, FIRST, at(4)));
  }

  @Test
  void newestOfThoseThatComeLateLends() {
    Lender first = Lender.orLate(null, KEY, FIRST, at(4));
    assertSame(FIRST, Lender.orLate(first, KEY, SECOND, at(3)).values());
    assertSame(SECOND, Lender.orLate(first, KEY, SECOND, at(4)).values());
    assertSame(SECOND, Lender.orLate(first, KEY, SECOND, at(5)).values());
  }

  @Test
  void changeThatDoesNotKnowEveryValueDoesNotLend() {
    RowImage partial = image(Cell.UNCHANGED);
    assertNull(Lender.orLate(null, KEY, partial, at(4)));
    Lender first = Lender.orLate(null, KEY, FIRST, at(4));
    assertSame(first, Lender.orLate(first, KEY, partial, at(5)));
  }

  @Test
  void rowUnderAFormerKeyStaysTheLender() {
    Lender former = Lender.former(RowKey.of(9), null, at(2));
    assertSame(former, Lender.orLate(former, KEY, FIRST, at(4)));
    Lender unknown = Lender.former(null, null, at(2));
    assertSame(unknown, Lender.orLate(unknown, KEY, FIRST, at(4)));
  }

  @Test
  void rowThatIsBackUnderItsFirstKeyBorrowsWhereItHasNoValues() {
    assertSame(FIRST, Lender.orLate(Lender.former(KEY, null, at(2)), KEY, FIRST, at(4)).values());
    Lender withValues = Lender.former(KEY, SECOND, at(2));
    assertSame(withValues, Lender.orLate(withValues, KEY, FIRST, at(4)));
  }

  @Test
  void lenderIsOwnUnderTheSameKey() {
    assertTrue(Lender.former(RowKey.of(1L), null, at(2)).isOwn(KEY));
    assertFalse(Lender.former(RowKey.of(2), null, at(2)).isOwn(KEY));
    assertFalse(Lender.former(null, null, at(2)).isOwn(KEY));
  }

  @Test
  void valuesAreAlignedForTheTarget() {
    RowSchema wider = new RowSchema(List.of(SCHEMA.column(1), SCHEMA.column(0)), List.of(1));
    FormerRow row = Lender.former(KEY, FIRST, at(2)).formerRow(wider);
    assertEquals(KEY, row.key());
    assertArrayEquals(new Object[] {"first", 1}, row.lent());
    assertNull(Lender.former(KEY, null, at(2)).formerRow(wider).lent());
  }

  private static RowImage image(Object body) {
    return new RowImage(SCHEMA, new Object[] {1, body}, null);
  }

  private static Position at(long lsn) {
    return new Position(0, lsn, lsn);
  }
}
