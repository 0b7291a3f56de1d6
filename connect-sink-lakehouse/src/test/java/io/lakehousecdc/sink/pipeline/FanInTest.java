// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.pipeline.ItemTopics.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several tables of one source that are written to one table. */
@Timeout(60)
class FanInTest {
  private static final SourcePartition A = new SourcePartition("shop.a.item", 0);
  private static final SourcePartition B = new SourcePartition("shop.b.item", 0);

  private final ItemTopics topics = new ItemTopics(A, B);

  private FanInTest add(SourcePartition partition, String table, int id, SourcePosition at) {
    RowSchema schema =
        new RowSchema(
            History.SCHEMA.columns(), History.SCHEMA.keyColumns(), partition.topic() + ":" + table);
    Object[] cells = {id, "n", "body"};
    topics.add(
        partition, new RowEvent(History.TABLE, schema, CREATE, RowKey.of(id), cells, null, at));
    return this;
  }

  private void truncate(SourcePartition partition, String table, SourcePosition at) {
    topics.add(partition, new TruncateEvent(History.TABLE, table, at));
  }

  private static SourcePosition lsn(long lsn) {
    return at(History.SOURCE, lsn, lsn + 1, lsn);
  }

  private void requireRefused() {
    FatalException refused = assertThrows(FatalException.class, topics::drain);
    for (String part : Set.of("a.item", "b.item", "public.item", "truncate.mode")) {
      assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
    assertEquals(Set.of(1, 2), topics.ids());
  }

  @Test
  void truncateOfOneTableIsRefusedAlsoByATaskThatHasNeverReadTheOther() {
    add(A, "a.item", 1, lsn(100)).add(B, "b.item", 2, lsn(200));
    topics.drain();
    truncate(A, "a.item", lsn(300));
    try (Consumer task = topics.task(A)) {
      assertThrows(FatalException.class, task::drain);
    }
    requireRefused();
  }

  @Test
  void truncateOfATableWithoutRowsIsRefusedWhereAnotherHasSome() {
    add(B, "b.item", 1, lsn(100)).add(B, "b.item", 2, lsn(200));
    topics.drain();
    truncate(A, "a.item", lsn(300));
    requireRefused();
  }

  @Test
  void olderRowsOfAnotherTableInTheBatchOfATruncateAreRefused() {
    add(A, "a.item", 1, lsn(100));
    topics.drain();
    truncate(A, "a.item", lsn(300));
    add(B, "b.item", 2, lsn(200));
    FatalException refused = assertThrows(FatalException.class, topics::drain);
    assertTrue(refused.getMessage().contains("from before a truncate"), refused.getMessage());
    assertTrue(refused.getMessage().contains("a.item"), refused.getMessage());
    assertEquals(Set.of(1), topics.ids());
  }

  @Test
  void newerRowsOfAnotherTableInTheBatchOfATruncateAreStored() {
    add(A, "a.item", 1, lsn(100));
    truncate(A, "a.item", lsn(300));
    add(B, "b.item", 2, lsn(400));
    topics.drain();
    assertEquals(Set.of(2), topics.ids());
  }

  @Test
  void truncateOfATableAloneIsAppliedUnderAnyTopic() {
    add(A, "a.item", 1, lsn(100)).add(B, "a.item", 2, lsn(200));
    topics.drain();
    truncate(A, "a.item", lsn(300));
    add(B, "a.item", 3, lsn(400));
    topics.drain();
    assertEquals(Set.of(3), topics.ids());
  }

  @Test
  void truncateIsAppliedWhereNothingTellsTheSourceTable() {
    topics.add(A, CREATE, 1, "n", lsn(100)).add(B, CREATE, 2, "n", lsn(200));
    topics.truncate(A, lsn(300));
    topics.drain();
    assertEquals(Set.of(), topics.ids());
  }

  @Test
  void truncateThatIsNotAppliedIsNotRefused() {
    topics.deletes(DeleteMode.IGNORE);
    add(A, "a.item", 1, lsn(100)).add(B, "b.item", 2, lsn(200));
    truncate(A, "a.item", lsn(300));
    topics.drain();
    assertEquals(Set.of(1, 2), topics.ids());
  }
}
