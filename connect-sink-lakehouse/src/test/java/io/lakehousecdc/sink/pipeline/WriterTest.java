// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WriterTest {
  private static final TableId TABLE = new TableId("public", "item");
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(new Column("id", Primitive.TEXT, false), new Column("v", Primitive.TEXT, true)),
          List.of(0));
  private static final TableId OTHER_TABLE = new TableId("public", "other");
  private static final SourcePartition OTHER_PARTITION =
      new SourcePartition("shop.public.other", 0);
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.item", 0);

  private final CountDownLatch comparing = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean slow = true;
  private volatile Set<TableId> heldBack = Set.of();
  private volatile Runnable maintain = () -> {};
  private volatile Runnable prepare = () -> {};
  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final List<SealedBatch> committed = Collections.synchronizedList(new ArrayList<>());
  private final Writer writer =
      new Writer(
          "test-writer",
          new Committer(
              new Maintained(),
              TestOptions.options().build(),
              new SinkMetrics(),
              new NoRejections(),
              new RejectedKeys(new SinkMetrics()),
              new SkipLog(new SinkMetrics()),
              StatusBook.off()),
          committed::add,
          System::nanoTime);

  /** A target with tables that need maintenance. */
  private final class Maintained extends ForwardingTarget {
    Maintained() {
      super(new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0)));
    }

    @Override
    public Set<TableId> needingMaintenance(Commit commit) {
      return heldBack;
    }

    @Override
    public void prepare(Commit next) {
      prepare.run();
    }

    @Override
    public void maintain(Commit commit) {
      maintain.run();
    }
  }

  @AfterEach
  void close() {
    released.countDown();
    writer.close();
  }

  @Test
  void batchesAreTakenWhileTwoOthersAreBeingJoined() throws Exception {
    warehouse.beforeCommit(WriterTest::requireParent);
    writer.submit(batch(new SlowlyComparedValue(), "child", 10));
    writer.submit(batch(new SlowlyComparedValue(), "parent", 20));
    comparing.await();
    // Joining goes on until it is released, and that is after another batch was taken.
    CompletableFuture.runAsync(() -> writer.submit(batch("other", "parent", 30)))
        .get(10, TimeUnit.SECONDS);
    released.countDown();
    assertTrue(writer.awaitIdle(Duration.ofSeconds(10)));
    assertEquals(
        List.of(2, 1), committed.stream().map(each -> each.content().entries().size()).toList());
  }

  @Test
  void batchThatIsBeingJoinedWhenTheQueueIsClearedIsNotCommitted() throws Exception {
    warehouse.beforeCommit(WriterTest::requireParent);
    writer.submit(batch(new SlowlyComparedValue(), "child", 10));
    writer.submit(batch(new SlowlyComparedValue(), "parent", 20));
    comparing.await();
    // Joining does not end before it is released, so there is no point in waiting for it.
    boolean ended =
        CompletableFuture.supplyAsync(() -> writer.reset(Duration.ZERO)).get(10, TimeUnit.SECONDS);
    assertFalse(ended);
    released.countDown();
    assertTrue(writer.awaitIdle(Duration.ofSeconds(10)));
    assertEquals(List.of(), committed);
  }

  @Test
  void nothingIsCommittedOfABatchThatIsBeingSplitWhenMaintenanceFails() throws Exception {
    Semaphore maintenance = new Semaphore(0);
    heldBack = Set.of(TABLE);
    maintain =
        () -> {
          maintenance.acquireUninterruptibly();
          throw new FatalException("no permission");
        };
    writer.submit(batch(List.of(entry(TABLE, PARTITION, "first", 10))));
    Entry held = entry(TABLE, PARTITION, new SlowlyComparedValue(), 20);
    Entry free = entry(OTHER_TABLE, OTHER_PARTITION, "other", 30);
    slow = false;
    SealedBatch second =
        batch(List.of(held, entry(TABLE, PARTITION, new SlowlyComparedValue(), 21), free));
    slow = true;
    writer.submit(second);
    comparing.await();
    maintenance.release();
    Await.until("the failure", () -> writer.failure() != null);
    released.countDown();
    assertTrue(writer.reset(Duration.ofSeconds(10)));
    assertEquals(List.of(), committed);
  }

  /** The pause that the pipeline makes is four times as long as it hears that work goes on. */
  @Test
  void workBeginsWithABatchAndNotWithTheOneBefore() {
    List<IdleFlush.Activity> activities = new ArrayList<>();
    // Under the lock that the writer thread needs to take the batch.
    prepare = () -> activities.add(writer.activity());
    slow = false;
    writer.submit(batch(1, "value", 10));
    assertTrue(writer.awaitIdle(Duration.ofSeconds(10)));
    writer.submit(batch(2, "value", 20));
    assertTrue(writer.awaitIdle(Duration.ofSeconds(10)));
    assertEquals(new IdleFlush.Activity.Working(0), activities.get(1));
  }

  /** A constraint of the target: a child needs its parent. */
  private static void requireParent(Commit commit) {
    boolean complete =
        commit.batches().stream()
            .flatMap(table -> table.changes().stream())
            .anyMatch(change -> "parent".equals(change.cells()[1]));
    if (!complete) {
      throw new OutOfOrderException("no parent");
    }
  }

  private static SealedBatch batch(Object id, String value, long lsn) {
    return batch(List.of(entry(TABLE, PARTITION, id, value, lsn)));
  }

  private static Entry entry(TableId table, SourcePartition from, Object id, long lsn) {
    return entry(table, from, id, "value", lsn);
  }

  private static Entry entry(
      TableId table, SourcePartition from, Object id, String value, long lsn) {
    RowEvent event =
        new RowEvent(
            table,
            SCHEMA,
            Operation.UPDATE,
            RowKey.of(id),
            new Object[] {id, value},
            null,
            new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, lsn));
    return new Entry(
        event,
        new Position(0, lsn, lsn),
        Delivery.IN_ORDER,
        null,
        new RecordOffset(from, lsn),
        null);
  }

  private static SealedBatch batch(List<Entry> entries) {
    return new SealedBatch(
        TableOptions.DEFAULT,
        BatchContent.of(TableOptions.DEFAULT, entries, List.of()),
        List.of(),
        List.of(),
        List.of(),
        0,
        Histories.NONE);
  }

  /** A key of which all are equal, and are found to be so once the test says so. */
  private final class SlowlyComparedValue {
    @Override
    public boolean equals(Object other) {
      if (!slow) {
        return other instanceof SlowlyComparedValue;
      }
      comparing.countDown();
      boolean interrupted = Thread.interrupted();
      while (released.getCount() > 0) {
        try {
          released.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return other instanceof SlowlyComparedValue;
    }

    @Override
    public int hashCode() {
      return 7;
    }
  }
}
