// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.SharedKey.Created;
import io.lakehousecdc.sink.batch.SharedKey.Several;
import io.lakehousecdc.sink.batch.SharedKey.Uncounted;
import io.lakehousecdc.sink.batch.SharedKey.Unresolved;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How creates and deletes of a key are counted. */
class SharedKeyTest {
  private static final RowKey KEY = RowKey.of(1);
  private static final RowSchema SCHEMA =
      new RowSchema(List.of(new Column("id", Primitive.INT32, false)), List.of(0));
  private static final RowImage OLDER = new RowImage(SCHEMA, new Object[] {1}, null);
  private static final RowImage LATEST = new RowImage(SCHEMA, new Object[] {1}, null);

  /**
   * Events are codes of operations at LSN 10, 20 and so on; {@code /} ends a transaction, and a
   * {@code ~} marks an event whose transaction is not known. Expected is the code that is stored,
   * with the position of the create that another row may have preceded, or the steps that the
   * target has to resolve.
   */
  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        // One event
        "FROM_START | c             | live c, created at 10",
        "FROM_START | u             | live u",
        "FROM_START | d             | deleted",
        "FROM_START | r             | live r",
        "CONTINUED  | c             | live c, created at 10",
        "CONTINUED  | u             | live u",
        "CONTINUED  | d             | unresolved -10",
        "CONTINUED  | r             | live r",
        "NONE       | c             | live c",
        "NONE       | u             | live u",
        "NONE       | d             | deleted",
        // An update or delete that begins a transaction proves a row
        "FROM_START | u c           | live k",
        "FROM_START | u c d         | live s",
        "FROM_START | u c d u       | live u",
        "FROM_START | u c d c       | live k",
        "FROM_START | u c d d       | deleted",
        "FROM_START | u c c d       | live k",
        "FROM_START | u c c d d     | live s",
        "FROM_START | u d           | deleted",
        "FROM_START | u d c         | live c",
        "FROM_START | d c           | live c",
        "FROM_START | d c d         | deleted",
        "FROM_START | d c c         | live k",
        "FROM_START | d d           | deleted",
        "FROM_START | d u           | deleted",
        // A create proves nothing
        "FROM_START | c u           | live u, created at 10",
        "FROM_START | c c           | unresolved +10 +20",
        "FROM_START | c d           | unresolved +10 -20",
        "FROM_START | c d c         | unresolved +10 -20 +30",
        "FROM_START | c d u         | unresolved +10 -20",
        // Nor does an event of a transaction whose beginning the batch has not seen
        "CONTINUED  | u c           | live c, created at 20",
        "CONTINUED  | u d           | unresolved -20",
        "CONTINUED  | d c           | unresolved -10 +20",
        "CONTINUED  | d c d         | unresolved -10 +20 -30",
        // A transaction leaves one row or none
        "FROM_START | c / u         | live u",
        "FROM_START | c / d         | deleted",
        "FROM_START | c / c         | live k",
        "FROM_START | c / d c       | live c",
        "FROM_START | d / u         | live u",
        "FROM_START | d / c         | live c",
        "FROM_START | d / d         | deleted",
        "FROM_START | u / c         | live k",
        "FROM_START | u c / u       | live u",
        "FROM_START | u c / d       | deleted",
        "FROM_START | u c / c       | live k",
        "FROM_START | u c / c d     | live s",
        "FROM_START | u c / c d / d | deleted",
        "FROM_START | c d / u       | live u",
        "FROM_START | c d / d       | deleted",
        "FROM_START | c d / c       | unresolved +10 -20 +30",
        "FROM_START | c d c / c     | live k",
        "CONTINUED  | d / c         | unresolved -10 +20",
        "CONTINUED  | d / d         | deleted",
        "CONTINUED  | u / c         | live k",
        // What is not counted tells what is left
        "NONE       | c c           | live c",
        "NONE       | c d           | deleted",
        "NONE       | d u           | live u",
        "FROM_START | u c d~        | deleted",
        "FROM_START | u c u~        | live u",
        "FROM_START | c d d~        | deleted",
        "FROM_START | c d c~        | live c",
        "FROM_START | c d / r       | live r",
        "FROM_START | c d r c       | live k",
        "FROM_START | c u~ d        | deleted"
      })
  void countTellsWhatIsLeft(TransactionVisibility visibility, String events, String expected) {
    assertEquals(expected, left(visibility, events));
  }

  @Test
  void rowThatIsKnownToBeTheOnlyOneIsNotCounted() {
    assertSame(SoleRow.LIVE, state(TransactionVisibility.FROM_START, Operation.UPDATE));
    assertSame(SoleRow.DELETED, state(TransactionVisibility.FROM_START, Operation.DELETE));
    assertSame(SoleRow.LIVE, state(TransactionVisibility.NONE, Operation.CREATE));
    assertSame(SoleRow.LIVE, state(TransactionVisibility.CONTINUED, Operation.READ));
  }

  @Test
  void createsWriteAnotherRowWhereTheyAreCounted() {
    List<RowState> states =
        List.of(
            SoleRow.LIVE,
            Uncounted.INSTANCE,
            new Created(at(10)),
            new Several(2, OLDER),
            new Unresolved(Steps.of(new Step(at(10), -1)), null));
    for (RowState state : states) {
      assertFalse(
          state.merges(info(Operation.CREATE, 20), TransactionVisibility.CONTINUED),
          () -> "create on " + state);
      assertTrue(
          state.merges(info(Operation.CREATE, 20), TransactionVisibility.NONE),
          () -> "create that is not counted on " + state);
      assertTrue(
          state.merges(info(Operation.UPDATE, 20), TransactionVisibility.CONTINUED),
          () -> "update on " + state);
      assertFalse(state.isDeleted(), () -> "deleted: " + state);
    }
    assertTrue(SoleRow.DELETED.isDeleted());
    assertFalse(
        SoleRow.DELETED.merges(info(Operation.UPDATE, 20), TransactionVisibility.CONTINUED));
  }

  @Test
  void deleteTakesTheOldestRow() {
    assertEquals(DepartedRow.known(KEY, LATEST), SoleRow.LIVE.departing(KEY, LATEST));
    assertEquals(DepartedRow.known(KEY, LATEST), Uncounted.INSTANCE.departing(KEY, LATEST));
    RowState several = SharedKey.takenOver(OLDER);
    assertEquals(DepartedRow.known(KEY, OLDER), several.departing(KEY, LATEST));
    ChangeInfo delete = info(Operation.DELETE, 30);
    RowState survivor = several.deleted(delete, TransactionVisibility.CONTINUED, null);
    assertEquals(DepartedRow.known(KEY, LATEST), survivor.departing(KEY, LATEST));
  }

  @Test
  void deleteTakesTheStoredRowBeforeTheCreatedOne() {
    assertEquals(
        DepartedRow.passed(KEY, LATEST, List.of(new Step(at(10), 1))),
        new Created(at(10)).departing(KEY, LATEST));
  }

  @Test
  void whichRowLeavesIsNotKnownWhereTheCountIsNot() {
    Unresolved state = new Unresolved(Steps.of(new Step(at(10), -1)), null);
    assertSame(DepartedRow.UNKNOWN, state.departing(KEY, LATEST));
  }

  @Test
  void valuesOfTheDeletedRowStandBesideThoseOfTheRowThatMayBeLeft() {
    RowSchema wider =
        new RowSchema(
            List.of(
                new Column("id", Primitive.INT64, false), new Column("v", Primitive.TEXT, true)),
            List.of(0));
    RowState state =
        new Created(at(10))
            .deleted(info(Operation.DELETE, 20), TransactionVisibility.CONTINUED, OLDER);
    Object[] cells = {1L, "created"};
    ChangeInfo last = info(Operation.DELETE, 20);
    ConditionalChange change =
        assertInstanceOf(ConditionalChange.class, state.change(KEY, cells, last, null, wider));
    assertSame(cells, change.cells());
    assertArrayEquals(OLDER.alignedTo(wider), change.before());
  }

  @Test
  void valuesOfTheBatchStandForThoseOfTheDeletedRowWhereItTellsNone() {
    RowState state =
        new Created(at(10))
            .deleted(info(Operation.DELETE, 20), TransactionVisibility.CONTINUED, null);
    Object[] cells = {1};
    ChangeInfo last = info(Operation.DELETE, 20);
    ConditionalChange change =
        assertInstanceOf(ConditionalChange.class, state.change(KEY, cells, last, null, SCHEMA));
    assertSame(cells, change.before());
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, 10, CONTINUED, true",
    "DELETE, 10, CONTINUED, true",
    "UPDATE, 10, CONTINUED, false",
    "READ,   10, CONTINUED, false",
    "CREATE, 20, CONTINUED, false",
    "CREATE, 10, NONE,      false",
  })
  void createOrDeleteAtTheSamePositionIsARepetition(
      Operation operation, long lsn, TransactionVisibility visibility, boolean expected) {
    ChangeInfo last = info(operation, 10);
    assertEquals(expected, SharedKey.isRepeated(info(operation, lsn), visibility, last));
  }

  @Test
  void deleteAndCreateAtOnePositionAreNoRepetition() {
    assertFalse(
        SharedKey.isRepeated(
            info(Operation.CREATE, 10),
            TransactionVisibility.CONTINUED,
            info(Operation.DELETE, 10)));
  }

  private static RowState state(TransactionVisibility visibility, Operation operation) {
    ChangeInfo info = info(operation, 10);
    return after(SharedKey.beforeFirst(info, visibility), info, visibility);
  }

  private static String left(TransactionVisibility visibility, String events) {
    RowState state = null;
    ChangeInfo last = null;
    long transaction = 1;
    long lsn = 0;
    for (String event : events.split(" ")) {
      if (event.equals("/")) {
        transaction++;
        continue;
      }
      TransactionVisibility seen = event.endsWith("~") ? TransactionVisibility.NONE : visibility;
      lsn += 10;
      Position at = new Position(0, transaction, lsn);
      ChangeInfo info = new ChangeInfo(operation(event.substring(0, 1)), at, 0);
      RowState found =
          last == null ? SharedKey.beforeFirst(info, seen) : state.before(info, seen, last);
      state = after(found, info, seen);
      last = info;
    }
    return describe(state.change(KEY, new Object[] {1}, last, null, SCHEMA));
  }

  private static RowState after(RowState found, ChangeInfo info, TransactionVisibility visibility) {
    return info.operation() == Operation.DELETE
        ? found.deleted(info, visibility, null)
        : found.upserted(info, visibility, OLDER);
  }

  private static String describe(RowChange change) {
    if (change instanceof Delete) {
      return "deleted";
    }
    if (change instanceof Upsert upsert) {
      Position created = upsert.createdAt();
      return "live "
          + upsert.info().operation().code()
          + (created == null ? "" : ", created at " + created.lsn());
    }
    StringBuilder text = new StringBuilder("unresolved");
    for (Step step : ((ConditionalChange) change).steps()) {
      text.append(step.rows() > 0 ? " +" : " -").append(step.at().lsn());
    }
    return text.toString();
  }

  private static Operation operation(String code) {
    return Arrays.stream(Operation.values())
        .filter(each -> each.code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  private static ChangeInfo info(Operation operation, long lsn) {
    return new ChangeInfo(operation, at(lsn), 0);
  }

  private static Position at(long lsn) {
    return new Position(0, 1, lsn);
  }
}
