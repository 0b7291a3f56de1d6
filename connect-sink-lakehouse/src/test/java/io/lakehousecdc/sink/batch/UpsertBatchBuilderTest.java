// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpsertBatchBuilderTest {
  private static final Column ID = new Column("id", Primitive.INT32, false);
  private static final RowSchema ITEM =
      new RowSchema(
          List.of(
              ID,
              new Column("name", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));

  private static final Floor BELOW_5 =
      new Floor(new Position(0, 5, 5), Floor.Cause.TRUNCATE, Set.of(), Set.of(), History.ALWAYS);

  private final UpsertBatchBuilder builder = new UpsertBatchBuilder(new TableId("public", "item"));

  @Test
  void theLastChangeOfAKeyWins() {
    upsert(Operation.CREATE, 1, 1, "a", "x");
    upsert(Operation.UPDATE, 2, 1, "b", "y");
    assertArrayEquals(new Object[] {1, "b", "y"}, only().cells());
  }

  @Test
  void anUnchangedCellKeepsTheValueOfTheSameBatch() {
    upsert(Operation.CREATE, 1, 1, "a", "10 KB of text");
    upsert(Operation.UPDATE, 2, 1, "b", Cell.UNCHANGED);
    assertArrayEquals(new Object[] {1, "b", "10 KB of text"}, only().cells());
  }

  @Test
  void anExplicitNullIsAValue() {
    upsert(Operation.CREATE, 1, 1, "a", "text");
    upsert(Operation.UPDATE, 2, 1, "b", null);
    assertNull(only().cells()[2]);
  }

  @Test
  void aRowDeletedAndCreatedAgainIsThere() {
    delete(1, 1);
    upsert(Operation.CREATE, 1, 1, "new", "body");
    assertInstanceOf(Upsert.class, only());
  }

  @Test
  void aDeleteRemembersTheValuesOfItsBatch() {
    upsert(Operation.CREATE, 1, 1, "a", "x");
    delete(2, 1);
    assertArrayEquals(new Object[] {1, "a", "x"}, assertInstanceOf(Delete.class, only()).cells());
  }

  @Test
  void anOlderChangeThatComesLateIsStale() {
    upsert(Operation.UPDATE, 5, 1, "newer", "x");
    upsert(Operation.UPDATE, 4, 1, "older", "y");
    assertEquals("newer", only().cells()[1]);
    assertEquals(1, builder.skips().total());
  }

  @Test
  void anOlderChangeThatComesLateLendsWhatTheNewerLeftUnchangedToARowThatIsNotStored() {
    upsert(Operation.UPDATE, 5, 1, "newer", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 4, 1, "older", "text");
    Upsert left = assertInstanceOf(Upsert.class, only());
    assertArrayEquals(new Object[] {1, "newer", Cell.UNCHANGED}, left.cells());
    assertEquals(RowKey.of(1), left.formerRow().key());
    assertArrayEquals(new Object[] {1, "older", "text"}, left.formerRow().lent());
  }

  @Test
  void ofSeveralChangesThatComeLateTheNewestLends() {
    upsert(Operation.UPDATE, 9, 1, "newest", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 4, 1, "a", "first");
    upsert(Operation.UPDATE, 6, 1, "b", "second");
    upsert(Operation.UPDATE, 5, 1, "c", "between");
    Upsert left = assertInstanceOf(Upsert.class, only());
    assertEquals("second", left.formerRow().lent()[2]);
  }

  @Test
  void aValueThatIsKnownNeedsNoLender() {
    upsert(Operation.UPDATE, 5, 1, "newer", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 4, 1, "older", "text");
    upsert(Operation.UPDATE, 6, 1, "newest", "known");
    Upsert left = assertInstanceOf(Upsert.class, only());
    assertEquals("known", left.cells()[2]);
    assertNull(left.formerRow());
  }

  @Test
  void aRowThatIsBackUnderItsFirstKeyBorrowsFromAChangeThatComesLate() {
    delete(2, 1);
    upsert(Operation.CREATE, 2, 9, "moved", Cell.UNCHANGED);
    delete(3, 9);
    upsert(Operation.CREATE, 3, 1, "back", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 1, 1, "older", "text");
    Upsert back = assertInstanceOf(Upsert.class, builder.build().changes().get(0));
    assertEquals("back", back.cells()[1]);
    assertEquals(RowKey.of(1), back.formerRow().key());
    assertEquals("text", back.formerRow().lent()[2]);
  }

  @Test
  void aWidenedKeyIsTheSameKey() {
    upsert(Operation.CREATE, 1, -1, "a", "x");
    RowSchema wider =
        new RowSchema(
            List.of(new Column("id", Primitive.INT64, false), ITEM.column(1), ITEM.column(2)),
            List.of(0));
    builder.upsert(
        wider,
        RowKey.of(-1L),
        new Object[] {-1L, "b", Cell.UNCHANGED},
        info(Operation.UPDATE, 2),
        TransactionVisibility.FROM_START);
    assertArrayEquals(new Object[] {-1L, "b", "x"}, only().cells());
  }

  @Test
  void equalPositionsAreTakenInOrderOfArrival() {
    upsert(Operation.READ, 5, 1, "first", "x");
    upsert(Operation.UPDATE, 5, 1, "second", "y");
    assertEquals("second", only().cells()[1]);
  }

  @Test
  void unchangedValuesMoveWithAChangedKey() {
    upsert(Operation.UPDATE, 1, 1, "a", "known in the batch");
    delete(2, 1);
    upsert(Operation.CREATE, 2, 9, "a", Cell.UNCHANGED);
    List<RowChange> changes = builder.build().changes();
    Upsert moved = assertInstanceOf(Upsert.class, changes.get(1));
    assertArrayEquals(new Object[] {9, "a", "known in the batch"}, moved.cells());
    assertEquals(RowKey.of(1), moved.formerRow().key());
  }

  @Test
  void aDeleteAfterACreateInOneTransactionTakesTheOlderRow() {
    update(TransactionVisibility.FROM_START, 10, 1, "old");
    create(TransactionVisibility.FROM_START, 20, 1, "new");
    delete(TransactionVisibility.FROM_START, 30, 1);
    Upsert left = assertInstanceOf(Upsert.class, only());
    assertEquals("new", left.cells()[1]);
    assertEquals(Operation.SURVIVAL, left.info().operation());
    assertEquals(30, left.info().position().lsn());
  }

  @Test
  void whetherARowStoodUnderTheKeyOfACreateIsForTheTargetToSay() {
    create(TransactionVisibility.FROM_START, 20, 1, "new");
    delete(TransactionVisibility.FROM_START, 30, 1);
    ConditionalChange left = assertInstanceOf(ConditionalChange.class, only());
    assertInstanceOf(Delete.class, left.settle(StoredRowState.NONE, 3));
    StoredRowState stored = new StoredRowState(new Position(0, 1, 1), "u", true);
    assertInstanceOf(Upsert.class, left.settle(stored, 3));
  }

  @Test
  void changesThatTheStoredRowCoversAreNotCountedAgain() {
    create(TransactionVisibility.CONTINUED, 20, 1, "new");
    delete(TransactionVisibility.CONTINUED, 30, 1);
    StoredRowState afterTheCreate = new StoredRowState(new Position(0, 7, 20), "c", true);
    assertInstanceOf(
        Delete.class, assertInstanceOf(ConditionalChange.class, only()).settle(afterTheCreate, 3));
  }

  @Test
  void aTransactionEndsWithOneRowPerKeyAtMost() {
    create(TransactionVisibility.FROM_START, 20, 1, "new");
    delete(30, 1);
    assertInstanceOf(Delete.class, only());
  }

  @Test
  void aDeletedAndCreatedAndDeletedRowIsGone() {
    delete(TransactionVisibility.FROM_START, 10, 1);
    create(TransactionVisibility.FROM_START, 20, 1, "new");
    delete(TransactionVisibility.FROM_START, 30, 1);
    assertInstanceOf(Delete.class, only());
  }

  @Test
  void aChangeEmittedAgainIsNotCountedAgain() {
    update(TransactionVisibility.FROM_START, 10, 1, "old");
    create(TransactionVisibility.FROM_START, 20, 1, "new");
    delete(TransactionVisibility.FROM_START, 30, 1);
    delete(TransactionVisibility.FROM_START, 30, 1);
    assertInstanceOf(Upsert.class, only());
    assertEquals(1, builder.skips().total());
  }

  @Test
  void aTruncateRemovesWhatStandsBelowItInAnyOrderOfArrival() {
    upsert(Operation.CREATE, 1, 1, "before", null);
    builder.truncate(BELOW_5);
    upsert(Operation.CREATE, 3, 2, "before, from another partition", null);
    upsert(Operation.CREATE, 6, 3, "after", null);
    assertArrayEquals(new Object[] {3, "after", null}, only().cells());
    assertEquals(List.of(BELOW_5), builder.build().truncates());
  }

  @Test
  void rowsOfBothSchemasMeetInTheirUnion() {
    RowSchema wider =
        new RowSchema(
            List.of(
                new Column("id", Primitive.INT64, false),
                new Column("added", Primitive.TEXT, true)),
            List.of(0));
    upsert(Operation.CREATE, 1, 1, "a", "x");
    builder.upsert(
        wider,
        RowKey.of(2L),
        new Object[] {2L, "new"},
        info(Operation.CREATE, 2),
        TransactionVisibility.FROM_START);
    TableBatch batch = builder.build();
    assertEquals(4, batch.schema().size());
    assertArrayEquals(new Object[] {1L, "a", "x", Cell.ABSENT}, batch.changes().get(0).cells());
    assertArrayEquals(
        new Object[] {2L, Cell.ABSENT, Cell.ABSENT, "new"}, batch.changes().get(1).cells());
  }

  @Test
  void aSchemaOfAnotherKindCannotJoin() {
    upsert(Operation.CREATE, 1, 1, "a", "x");
    assertFalse(builder.accepts(schemaWithName(Primitive.BOOLEAN)));
  }

  private static RowSchema schemaWithName(LogicalType type) {
    return new RowSchema(List.of(ID, new Column("name", type, true)), List.of(0));
  }

  private RowChange only() {
    List<RowChange> changes = builder.build().changes();
    assertEquals(1, changes.size());
    return changes.get(0);
  }

  private void upsert(Operation operation, long at, int id, Object name, Object body) {
    builder.upsert(
        ITEM,
        RowKey.of(id),
        new Object[] {id, name, body},
        info(operation, at),
        TransactionVisibility.FROM_START);
  }

  private void delete(long at, int id) {
    builder.delete(
        ITEM, RowKey.of(id), null, info(Operation.DELETE, at), TransactionVisibility.FROM_START);
  }

  private void create(TransactionVisibility visibility, long lsn, int id, Object name) {
    Object[] cells = {id, name, null};
    builder.upsert(ITEM, RowKey.of(id), cells, together(Operation.CREATE, lsn), visibility);
  }

  private void update(TransactionVisibility visibility, long lsn, int id, Object name) {
    Object[] cells = {id, name, null};
    builder.upsert(ITEM, RowKey.of(id), cells, together(Operation.UPDATE, lsn), visibility);
  }

  private void delete(TransactionVisibility visibility, long lsn, int id) {
    builder.delete(ITEM, RowKey.of(id), null, together(Operation.DELETE, lsn), visibility);
  }

  /** Of one transaction. */
  private static ChangeInfo together(Operation operation, long lsn) {
    return new ChangeInfo(operation, new Position(0, 7, lsn), 7);
  }

  private static ChangeInfo info(Operation operation, long at) {
    return new ChangeInfo(operation, new Position(0, at, at), at);
  }
}
