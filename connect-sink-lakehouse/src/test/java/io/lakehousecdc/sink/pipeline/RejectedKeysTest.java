// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.RejectedKey;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejectedKeysTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);

  private final RejectedKeys keys = new RejectedKeys(new SinkMetrics());

  @Test
  void replayedChangeOfARowDeletedSinceIsLeftOut() {
    keys.reject(List.of(create(1, 10, Delivery.IN_ORDER)));
    assertEquals(1, left(delete(1, 20)));
    assertEquals(0, left(create(1, 10, Delivery.AGAIN)));
  }

  @Test
  void replayedChangeOfARowThatWasNeverDeletedIsApplied() {
    keys.reject(List.of(create(1, 10, Delivery.IN_ORDER)));
    assertEquals(1, left(delete(2, 20)));
    assertEquals(1, left(create(1, 10, Delivery.AGAIN)));
  }

  @Test
  void rowThatWasCreatedAgainAndDeletedAgainStaysDeleted() {
    keys.reject(List.of(create(1, 10, Delivery.IN_ORDER)));
    left(delete(1, 20));
    assertEquals(1, left(create(1, 30, Delivery.IN_ORDER)));
    left(delete(1, 40));
    assertEquals(0, left(create(1, 10, Delivery.AGAIN)));
  }

  @Test
  void keyIsForgottenOnceItsRecordHasComeAgain() {
    keys.reject(List.of(create(1, 10, Delivery.IN_ORDER)));
    left(create(1, 10, Delivery.AGAIN));
    assertEquals(List.of(), stored(delete(1, 20)));
  }

  @Test
  void whatIsKnownIsStoredWithThePartitionAndTakenOver() {
    keys.reject(List.of(create(1, 10, Delivery.IN_ORDER)));
    List<RejectedKey> stored = stored(delete(1, 20));
    assertEquals(1, stored.size());
    RejectedKeys next = new RejectedKeys(new SinkMetrics());
    next.restore(P0, stored);
    SealedBatch replay = next.applied(batch(create(1, 10, Delivery.AGAIN)));
    assertEquals(List.of(), replay.content().entries());
  }

  private int left(Entry entry) {
    return keys.applied(batch(entry)).content().entries().size();
  }

  private List<RejectedKey> stored(Entry entry) {
    return keys.applied(batch(entry)).steps().get(0).advance().next().rejectedKeys();
  }

  private static SealedBatch batch(Entry entry) {
    PartitionAdvance advance = new PartitionAdvance(P0, Optional.empty(), PartitionState.FRESH);
    return new SealedBatch(
        TableOptions.DEFAULT,
        BatchContent.of(TableOptions.DEFAULT, List.of(entry), List.of()),
        List.of(new PartitionStep(advance, new ReportableOffset())),
        List.of(),
        List.of(),
        0,
        Histories.NONE);
  }

  private static Entry create(int id, long lsn, Delivery delivery) {
    return entry(id, Operation.CREATE, new Object[] {id, "name", "body"}, lsn, delivery);
  }

  private static Entry delete(int id, long lsn) {
    return entry(id, Operation.DELETE, null, lsn, Delivery.IN_ORDER);
  }

  private static Entry entry(
      int id, Operation operation, Object[] after, long lsn, Delivery delivery) {
    SourcePosition at = new SourcePosition(SourceId.UNKNOWN, lsn, lsn, Snapshot.NO, lsn);
    RowEvent event =
        new RowEvent(History.TABLE, History.SCHEMA, operation, RowKey.of(id), after, null, at);
    return new Entry(
        event, new Position(0, lsn, lsn), delivery, null, new RecordOffset(P0, lsn), null);
  }
}
