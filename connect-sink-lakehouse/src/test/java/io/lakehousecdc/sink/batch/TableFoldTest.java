package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableFoldTest {
  private static final Column ID = new Column("id", Primitive.INT32, false);
  private static final RowSchema ITEM =
      new RowSchema(
          List.of(
              ID,
              new Column("name", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));

  private final TableFold fold = new TableFold(new TableId("public", "item"));

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
    assertEquals(1, fold.stale());
  }

  @Test
  void anOlderChangeThatComesLateFillsWhatTheNewerLeftUnchanged() {
    upsert(Operation.UPDATE, 5, 1, "newer", Cell.UNCHANGED);
    upsert(Operation.UPDATE, 4, 1, "older", "text");
    assertArrayEquals(new Object[] {1, "newer", "text"}, only().cells());
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
    List<RowChange> changes = fold.build().changes();
    Upsert moved = assertInstanceOf(Upsert.class, changes.get(1));
    assertArrayEquals(new Object[] {9, "a", "known in the batch"}, moved.cells());
    assertEquals(RowKey.of(1), moved.movedFrom());
  }

  @Test
  void aTruncateRemovesWhatStandsBelowItInAnyOrderOfArrival() {
    upsert(Operation.CREATE, 1, 1, "before", null);
    fold.truncate(new Position(0, 5, 5));
    upsert(Operation.CREATE, 3, 2, "before, from another partition", null);
    upsert(Operation.CREATE, 6, 3, "after", null);
    assertArrayEquals(new Object[] {3, "after", null}, only().cells());
    assertEquals(new Position(0, 5, 5), fold.build().truncateBelow().orElseThrow());
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
    fold.upsert(wider, RowKey.of(2L), new Object[] {2L, "new"}, info(Operation.CREATE, 2));
    TableBatch batch = fold.build();
    assertEquals(4, batch.schema().size());
    assertArrayEquals(new Object[] {1L, "a", "x", Cell.ABSENT}, batch.changes().get(0).cells());
    assertArrayEquals(
        new Object[] {2L, Cell.ABSENT, Cell.ABSENT, "new"}, batch.changes().get(1).cells());
  }

  @Test
  void aSchemaOfAnotherKindCannotJoin() {
    upsert(Operation.CREATE, 1, 1, "a", "x");
    assertFalse(fold.accepts(schemaWithName(Primitive.BOOLEAN)));
  }

  private static RowSchema schemaWithName(LogicalType type) {
    return new RowSchema(List.of(ID, new Column("name", type, true)), List.of(0));
  }

  private RowChange only() {
    List<RowChange> changes = fold.build().changes();
    assertEquals(1, changes.size());
    return changes.get(0);
  }

  private void upsert(Operation operation, long at, int id, Object name, Object body) {
    fold.upsert(ITEM, RowKey.of(id), new Object[] {id, name, body}, info(operation, at));
  }

  private void delete(long at, int id) {
    fold.delete(ITEM, RowKey.of(id), null, info(Operation.DELETE, at));
  }

  private static ChangeInfo info(Operation operation, long at) {
    return new ChangeInfo(operation, new Position(0, at, at), at);
  }
}
