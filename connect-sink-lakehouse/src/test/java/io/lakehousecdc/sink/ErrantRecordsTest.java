// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of reports to Connect's dead letter queue. */
@Timeout(60)
class ErrantRecordsTest {
  private static final SinkRecord RECORD = new SinkRecord("topic", 0, null, null, null, null, 0);
  private static final DeadLetter LETTER =
      new DeadLetter(
          new RecordOffset(new SourcePartition("topic", 0), 0), null, null, null, "E", "m", 0, 0);

  @Test
  void reportIsDoneOnceTheQueueHasAcknowledgedIt() throws Exception {
    CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    try (ErrantRecords records = new ErrantRecords((r, e) -> acknowledged, false, "test")) {
      Future<?> report = records.report(RECORD, LETTER);
      assertThrows(TimeoutException.class, () -> report.get(1, TimeUnit.MILLISECONDS));
      assertFalse(report.isDone());
      acknowledged.complete(null);
      report.get();
      assertTrue(report.isDone());
    }
  }

  @Test
  void queueThatBlocksHoldsUpNeitherTheReportNorItsEnd() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    FatalException reason = new FatalException("no answer");
    try (ErrantRecords records = new ErrantRecords((r, e) -> blocked(interrupted), false, "test")) {
      Future<?> report = records.report(RECORD, LETTER);
      assertThrows(TimeoutException.class, () -> report.get(1, TimeUnit.MILLISECONDS));
      assertDoesNotThrow(records::requireAnswered);
      records.abandon(reason);
      interrupted.await();
      assertThrows(ExecutionException.class, report::get);
      assertSame(reason, assertThrows(FatalException.class, records::requireAnswered));
      assertThrows(ExecutionException.class, () -> records.report(RECORD, LETTER).get());
    }
  }

  /** As a producer whose topic is not there. */
  private static Future<Void> blocked(CountDownLatch interrupted) {
    try {
      new CountDownLatch(1).await();
      return CompletableFuture.completedFuture(null);
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw new IllegalStateException(e);
    }
  }
}
