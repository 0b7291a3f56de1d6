// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a task whose maintenance of a table fails. */
@Timeout(60)
class FailedMaintenanceTest extends MaintainedTables {
  @Test
  void maintenanceThatAnotherOwnerFencesHasEverythingReadAgain() {
    open(BIG_0, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    target.failure = new FencedException("another owner");
    maintenance.release();
    FencedException fenced = assertThrows(FencedException.class, this::flushForever);
    target.failure = null;
    assertEquals(Map.of(BIG_0, 0L), pipeline.recover(fenced));
    offsets.clear();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 7);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(7), ids(BIG));
  }

  @Test
  void maintenanceIsTriedAgainAsACommitIs() {
    open(BIG_0);
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 7);
    target.failure = new RetriableException("connection lost", null);
    cut();
    maintenance.release();
    await(() -> maintained.get() == 2);
    target.failure = null;
    maintenance.release();
    commitAll();
    assertEquals(Set.of(7), ids(BIG));
  }

  @Test
  void maintenanceThatMakesProgressMayFailAgainAndAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Committer committer =
        committer(
            new ForwardingTarget(target) {
              @Override
              public void maintain(Commit commit) {
                if (attempts.incrementAndGet() < 4) {
                  throw new RetriableException("server restarted", null).afterProgress();
                }
              }
            },
            TestOptions.options().retry(Duration.ofNanos(1)));
    committer.maintain(rejected(SMALL_0, new RecordOffset(SMALL_0, 0)));
    assertEquals(4, attempts.get());
  }

  @Test
  void maintenanceThatFailsForGoodFailsTheTask() {
    open(BIG_0);
    truncate(BIG_0, BIG);
    target.failure = new FatalException("no permission");
    cut();
    maintenance.release();
    assertThrows(FatalException.class, this::flushForever);
  }

  private void flushForever() {
    while (true) {
      pipeline.flushIfDue();
      pipeline.awaitRoom();
    }
  }
}
