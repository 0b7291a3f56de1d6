// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Constraints that changes satisfy which are held back by maintenance, or come after it. */
@Timeout(60)
class HeldBackConstraintsTest extends MaintainedTables {
  @Test
  void batchThatWasMaintainedIsJoinedWithWhatResolvesItsConstraint() {
    open(BIG_0, SMALL_0);
    // Rows of the big table need one of the small table, which comes later.
    warehouse.beforeCommit(
        commit -> {
          boolean writes =
              commit.batches().stream().anyMatch(HeldBackConstraintsTest::isChildWithRows);
          boolean hasParent =
              commit.batches().stream().anyMatch(batch -> batch.table().equals(SMALL));
          if (writes && !hasParent) {
            throw new OutOfOrderException("no parent");
          }
        });
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 1);
    cut();
    await(() -> maintained.get() == 1);
    maintenance.release();
    await(() -> pipeline.pausedTopics().isEmpty());
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(Set.of(1), ids(SMALL));
  }

  @Test
  void batchThatNeedsWhatIsHeldBackIsJoinedWithIt() {
    open(BIG_0, SMALL_0);
    AtomicInteger refused = new AtomicInteger();
    warehouse.beforeCommit(
        commit -> {
          if (commit.batches().stream().noneMatch(batch -> batch.table().equals(BIG))) {
            refused.incrementAndGet();
            throw new OutOfOrderException("no parent");
          }
        });
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 1);
    cut();
    await(() -> maintained.get() == 1);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> refused.get() > 0);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(Set.of(1), ids(SMALL));
  }

  @Test
  void constraintIsNotGivenUpWhileMaintenanceHoldsBackWhatMayResolveIt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Committer committer =
        committer(
            new ForwardingTarget(target) {
              @Override
              public CommitReceipt commit(Commit commit) {
                if (attempts.incrementAndGet() < 4) {
                  throw new OutOfOrderException("no parent");
                }
                return CommitReceipt.NOTHING;
              }
            },
            TestOptions.options().constraintWait(Duration.ofMillis(1)));
    committer.commit(
        rejected(SMALL_0, new RecordOffset(SMALL_0, 0)),
        new Committer.Following() {
          @Override
          public Optional<SealedBatch> join(SealedBatch batch, Duration patience)
              throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(patience.toNanos());
            return Optional.empty();
          }

          @Override
          public boolean waitForMaintenance() {
            return true;
          }
        });
    assertEquals(4, attempts.get());
  }

  private static boolean isChildWithRows(TableBatch batch) {
    return batch.table().equals(BIG) && !batch.changes().isEmpty();
  }
}
