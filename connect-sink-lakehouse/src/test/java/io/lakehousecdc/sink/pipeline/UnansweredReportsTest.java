// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of reports of rejected records that are never acknowledged. */
@Timeout(60)
class UnansweredReportsTest {
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.item", 0);
  private static final RecordOffset FIRST = new RecordOffset(PARTITION, 0);

  private final AtomicInteger abandoned = new AtomicInteger();

  @Test
  void queueThatNeverAnswersFailsTheTaskAndNoOffsetPassesItsRecord() {
    try (Pipeline pipeline =
        new Pipeline(
            "test-writer",
            new InMemoryTarget(
                new MemoryWarehouse(), TableOptions.DEFAULT, new TargetContext("sink", 0)),
            TestOptions.options().retry(Duration.ofMillis(100)).build(),
            new SinkMetrics(),
            new DeafQueue())) {
      pipeline.open(Set.of(PARTITION));
      DeadLetter letter = new DeadLetter(FIRST, null, null, null, "DecodeError", "bad", 0, 0);
      pipeline.offer(new OfferedRecord.Rejected(FIRST, letter, new Object()));
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> {
                while (true) {
                  pipeline.flushIfDue();
                  Thread.onSpinWait();
                }
              });
      assertTrue(failure.getMessage().contains("dead letter queue"), failure::getMessage);
      assertTrue(failure.getMessage().contains("100 ms"), failure::getMessage);
      assertEquals(0, pipeline.reportableOffset(PARTITION, 1));
      assertEquals(1, abandoned.get());
    }
  }

  /** A queue that takes every record and acknowledges none. */
  private final class DeafQueue implements RejectionReporter {
    @Override
    public boolean wantsOriginal() {
      return true;
    }

    @Override
    public Future<?> report(Object original, DeadLetter letter) {
      return new CompletableFuture<>();
    }

    @Override
    public void abandon(FatalException reason) {
      abandoned.incrementAndGet();
    }

    @Override
    public DeadLetter describe(
        Object original, ChangeEvent event, RecordOffset at, Exception reason) {
      throw new AssertionError(reason);
    }
  }
}
