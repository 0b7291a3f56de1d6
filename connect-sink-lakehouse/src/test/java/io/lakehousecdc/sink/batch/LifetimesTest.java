// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.Lifetime;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What merged changes tell of the time at which their key was seen. */
class LifetimesTest {
  private static final RowSchema ITEM =
      new RowSchema(List.of(new Column("id", Primitive.INT32, false)), List.of(0));
  private static final RowKey KEY = RowKey.of(1);

  private final UpsertBatchBuilder builder = new UpsertBatchBuilder(new TableId("public", "item"));

  @Test
  void singleChangeStandsForItself() {
    add(Operation.CREATE, 1, 100);
    assertThat(only().info().lifetime()).isNull();
  }

  @Test
  void earliestTimeOfTheMergedChangesIsKept() {
    add(Operation.UPDATE, 1, 200);
    add(Operation.UPDATE, 2, 100);
    add(Operation.UPDATE, 3, 300);
    assertThat(only().info().commitMicros()).isEqualTo(300);
    assertThat(only().info().lifetime()).isEqualTo(new Lifetime(100, false, 100));
  }

  @Test
  void changesAfterADeleteBeginAnew() {
    add(Operation.UPDATE, 1, 100);
    add(Operation.DELETE, 2, 200);
    add(Operation.CREATE, 3, 300);
    add(Operation.UPDATE, 4, 400);
    assertThat(only().info().lifetime()).isEqualTo(new Lifetime(100, true, 300));
  }

  @Test
  void changesAfterADeleteBeginAnewWhereTheStoredRowTellsWhatIsLeft() {
    add(Operation.CREATE, new Position(0, 1, 1), 100);
    add(Operation.DELETE, new Position(0, 1, 2), 100);
    add(Operation.CREATE, 3, 300);
    RowChange.ConditionalChange change = (RowChange.ConditionalChange) only();
    assertThat(change.settle(StoredRowState.NONE, 1).info().lifetime())
        .isEqualTo(new Lifetime(100, true, 300));
  }

  @Test
  void updateProvesThatARowHasOutlivedADeleteOfASharedKey() {
    add(Operation.CREATE, new Position(0, 1, 1), 100);
    add(Operation.DELETE, new Position(0, 1, 2), 100);
    add(Operation.UPDATE, 3, 300);
    assertThat(only().info().lifetime().reborn()).isFalse();
    assertThat(only().info().lifetime().firstMicros()).isEqualTo(100);
  }

  @Test
  void changesThatAreSkippedDoNotCount() {
    add(Operation.UPDATE, 2, 200);
    add(Operation.UPDATE, 1, 100);
    assertThat(only().info().lifetime()).isNull();
  }

  @Test
  void timesThatAreNotKnownDoNotCount() {
    add(Operation.UPDATE, 1, 0);
    add(Operation.UPDATE, 2, 200);
    add(Operation.UPDATE, 3, 0);
    assertThat(only().info().lifetime()).isEqualTo(new Lifetime(200, false, 200));
  }

  private RowChange only() {
    return builder.build().changes().get(0);
  }

  private void add(Operation operation, long lsn, long micros) {
    add(operation, new Position(0, lsn, lsn), micros);
  }

  private void add(Operation operation, Position position, long micros) {
    ChangeInfo info = new ChangeInfo(operation, position, micros);
    Object[] cells = {1};
    if (operation == Operation.DELETE) {
      builder.delete(ITEM, KEY, cells, info, TransactionVisibility.FROM_START);
    } else {
      builder.upsert(ITEM, KEY, cells, info, TransactionVisibility.FROM_START);
    }
  }
}
