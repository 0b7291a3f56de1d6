// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/** A pipeline to tables of which some are under maintenance until a test lets it end. */
abstract class MaintainedTables {
  static final TableId BIG = new TableId("public", "big");
  static final TableId SMALL = new TableId("public", "small");
  static final TableId OTHER = new TableId("public", "other");
  static final SourcePartition BIG_0 = new SourcePartition("shop.public.big", 0);
  static final SourcePartition BIG_1 = new SourcePartition("shop.public.big", 1);
  static final SourcePartition SMALL_0 = new SourcePartition("shop.public.small", 0);
  static final SourcePartition OTHER_0 = new SourcePartition("shop.public.other", 0);
  static final Duration INTERVAL = Duration.ofMillis(5);

  final MemoryWarehouse warehouse = new MemoryWarehouse();
  final Map<SourcePartition, Long> offsets = new HashMap<>();
  final Semaphore maintenance = new Semaphore(0);
  final AtomicInteger maintained = new AtomicInteger();
  final Maintained target = new Maintained();
  final Pipeline pipeline;
  private long lsn = 100;

  MaintainedTables() {
    this(TestOptions.options());
  }

  MaintainedTables(TestOptions options) {
    pipeline =
        new Pipeline(
            "test-writer",
            target,
            options.flushInterval(INTERVAL).constraintWait(Duration.ofSeconds(20)).build(),
            new SinkMetrics(),
            new NoRejections());
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  /** A target that needs maintenance for every truncate, which takes until a test lets it end. */
  final class Maintained extends ForwardingTarget {
    volatile RuntimeException failure;

    Maintained() {
      super(new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0)));
    }

    @Override
    public Set<TableId> needingMaintenance(Commit commit) {
      return commit.batches().stream()
          .filter(batch -> !batch.truncates().isEmpty())
          .map(batch -> batch.table())
          .collect(Collectors.toSet());
    }

    @Override
    public void maintain(Commit commit) {
      if (needingMaintenance(commit).isEmpty()) {
        return;
      }
      maintained.incrementAndGet();
      try {
        maintenance.acquire();
      } catch (InterruptedException e) {
        throw new RetriableException("cancelled", e);
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** A batch of one record that is rejected, for what was wrong with another one perhaps. */
  static SealedBatch rejected(SourcePartition from, RecordOffset wrong) {
    PartitionState next = new PartitionState(1, new Position(0, 1, 1), -1, -1, 0);
    PartitionAdvance advance = new PartitionAdvance(from, Optional.empty(), next);
    DeadLetter letter = new DeadLetter(wrong, null, null, null, "DecodeError", "unfit", 0, 0);
    return new SealedBatch(
        TableOptions.DEFAULT,
        new BatchContent(TableOptions.DEFAULT),
        List.of(new PartitionStep(advance, new ReportableOffset())),
        List.of(new SealedBatch.Letter(from, letter)),
        List.of(),
        0,
        Histories.NONE);
  }

  static Committer committer(Target target, TestOptions options) {
    SinkMetrics metrics = new SinkMetrics();
    return new Committer(
        target,
        options.build(),
        metrics,
        new NoRejections(),
        new RejectedKeys(metrics),
        new SkipLog(metrics),
        StatusBook.off());
  }

  void open(SourcePartition... partitions) {
    assertEquals(Map.of(), pipeline.open(Set.of(partitions)));
  }

  void upsert(SourcePartition from, TableId table, int id) {
    offer(from, upsert(table, id, position()));
  }

  static RowEvent upsert(TableId table, int id, SourcePosition at) {
    RowSchema schema = new RowSchema(List.of(new Column("id", Primitive.INT32, false)), List.of(0));
    return new RowEvent(
        table, schema, Operation.UPDATE, RowKey.of(id), new Object[] {id}, null, at);
  }

  void truncate(SourcePartition from, TableId table) {
    offer(from, new TruncateEvent(table, position()));
  }

  void offer(SourcePartition from, ChangeEvent event) {
    long offset = offsets.merge(from, 1L, Long::sum) - 1;
    assertEquals(
        OfferResult.ACCEPTED,
        pipeline.offer(
            new OfferedRecord.Change(new RecordOffset(from, offset), event, 100, 0, null)));
  }

  SourcePosition position() {
    lsn++;
    return new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, 1_000 + lsn);
  }

  /** Hands the batch over, and waits for nothing. */
  void cut() {
    await(() -> pipeline.millisUntilDue() < INTERVAL.toMillis());
    await(
        () -> {
          pipeline.flushIfDue();
          return pipeline.millisUntilDue() == INTERVAL.toMillis();
        });
  }

  void commitAll() {
    await(
        () -> {
          pipeline.flushIfDue();
          return offsets.entrySet().stream()
              .allMatch(
                  each ->
                      pipeline.reportableOffset(each.getKey(), each.getValue()) == each.getValue());
        });
  }

  Set<Object> ids(TableId table) {
    return warehouse.rows(table, MetadataColumns.DEFAULT).stream()
        .map(row -> row.get("id"))
        .collect(Collectors.toSet());
  }

  static void await(BooleanSupplier condition) {
    Await.until("what the test waits for", condition::getAsBoolean);
  }
}
