// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.schema.ObservedSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservedSchemasTest {
  private static final Column ID = new Column("id", Primitive.INT32, false);
  private static final Column V = new Column("v", Primitive.INT32, true);
  private static final RowSchema BEFORE = new RowSchema(List.of(ID, V), List.of(0), "t");
  private static final RowSchema AFTER = new RowSchema(List.of(ID), List.of(0), "t");

  private final ObservedSchemas observed = new ObservedSchemas();

  @Test
  void changesInARowWithTheSameColumnsAreOneObservedSchema() {
    note(BEFORE, Operation.CREATE, 12);
    note(BEFORE, Operation.UPDATE, 10);
    note(BEFORE, Operation.DELETE, 15);
    assertEquals(List.of(new ObservedSchema(BEFORE, at(10), at(15), false)), observed.all());
  }

  @Test
  void otherColumnsAreAnotherObservedSchema() {
    note(BEFORE, Operation.UPDATE, 10);
    note(AFTER, Operation.UPDATE, 20);
    note(BEFORE, Operation.UPDATE, 30);
    assertEquals(
        List.of(
            new ObservedSchema(BEFORE, at(10), at(10), false),
            new ObservedSchema(AFTER, at(20), at(20), false),
            new ObservedSchema(BEFORE, at(30), at(30), false)),
        observed.all());
  }

  @Test
  void rowsOfASnapshotAreAnObservedSchemaOfTheirOwn() {
    observed.note(BEFORE, info(Operation.READ, 10), TransactionVisibility.NONE);
    note(BEFORE, Operation.CREATE, 11);
    assertEquals(
        List.of(
            new ObservedSchema(BEFORE, at(10), at(10), true),
            new ObservedSchema(BEFORE, at(11), at(11), false)),
        observed.all());
  }

  @Test
  void changesThatMayLeaveColumnsOutOrHaveNoPlaceTellNothing() {
    note(new RowSchema(List.of(ID), List.of(0)), Operation.UPDATE, 10);
    observed.note(BEFORE, info(Operation.UPDATE, 10), TransactionVisibility.NONE);
    assertEquals(List.of(), observed.all());
  }

  private void note(RowSchema schema, Operation operation, long lsn) {
    observed.note(schema, info(operation, lsn), TransactionVisibility.CONTINUED);
  }

  private static ChangeInfo info(Operation operation, long lsn) {
    return new ChangeInfo(operation, at(lsn), 0);
  }

  private static Position at(long lsn) {
    return new Position(0, lsn, lsn);
  }
}
