// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.StatusWrites;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pipeline tells of tables, with commits, beside them and where there is none. */
@Timeout(60)
class StatusTest {
  private static final Key ITEM = new Key("shop.public.item", History.TABLE);
  private static final Duration LONG = Duration.ofHours(1);

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();
  private final History history = new History(1);

  static Stream<Arguments> ways() {
    return Stream.of(StatusWrites.values())
        .flatMap(
            writes ->
                Stream.of(Duration.ZERO, Duration.ofMillis(3), LONG)
                    .map(interval -> Arguments.of(writes, interval)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyChangeIsCountedOnceHoweverOftenItIsWritten(StatusWrites writes, Duration interval) {
    for (int id = 0; id < 20; id++) {
      history.insert(id, "a", "x");
      history.rename(id, "b");
    }
    history.delete(3);
    run(new Writing(target(), writes), interval).close();
    history.insert(30, "a", "x");
    run(new Writing(target(), writes), interval).close();
    Counts counts = status().counts();
    assertEquals(21, counts.inserted());
    assertEquals(20, counts.updated());
    assertEquals(1, counts.deleted());
    // An insert and an update of one batch are one row.
    assertTrue(counts.rowsWritten() >= 20 && counts.rowsWritten() <= 41, counts.toString());
    assertEquals(0, counts.rejected());
    assertNull(status().error());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatALostAcknowledgementHidIsCountedOnce(StatusWrites writes, Duration interval) {
    AtomicInteger losses = new AtomicInteger(3);
    warehouse.afterCommit(
        commit -> {
          if (losses.getAndDecrement() > 0) {
            throw new RetriableException("acknowledgement lost");
          }
        });
    history.insert(1, "a", "x");
    run(new Writing(target(), writes), interval).close();
    assertEquals(1, status().counts().inserted());
    assertEquals(1, status().counts().rowsWritten());
    assertEquals("acknowledgement lost", status().error().text());
  }

  @Test
  void tellsTheNewestChangeAndTheEndOfASnapshot() {
    history.insert(1, "a", "x");
    history.snapshot();
    history.rename(1, "b");
    run(target(), Duration.ZERO).close();
    TableStatus status = status();
    assertEquals(
        status.applied().position().commitLsn(),
        warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).get(0).get("_cdc_commit_lsn"));
    assertTrue(status.snapshotMicros() > 0);
    assertTrue(status.committedMicros() >= status.snapshotMicros());
    assertEquals(status.committedMicros(), status.applied().atMicros());
    assertTrue(status.applied().sourceMicros() > 0);
  }

  @Test
  void tellsWhyChangesWereSkipped() {
    history.insert(1, "a", "x");
    history.insert(2, "b", "x");
    history.rename(1, "c");
    run(target(), Duration.ZERO).close();
    List<ChangeEvent> events = history.log.values().iterator().next();
    events.add(events.get(0));
    run(target(), Duration.ZERO).close();
    assertEquals(Map.of(SkipReason.SUPERSEDED, 1L), status().skipped());
  }

  @Test
  void tellsOfFailuresWhileNoCommitSucceeds() {
    AtomicBoolean away = new AtomicBoolean(true);
    warehouse.beforeCommit(
        commit -> {
          if (away.get()) {
            throw new RetriableException("The server does not answer.");
          }
        });
    history.insert(1, "a", "x");
    try (Consumer consumer = consumer(target(), Duration.ofMillis(1))) {
      consumer.poll(10);
      Await.until(
          "the failure is told",
          () -> {
            consumer.poll(10);
            return !warehouse.status("shop").isEmpty() && status().isFailing();
          });
      assertEquals("The server does not answer.", status().error().text());
      assertNull(status().applied());
      away.set(false);
      consumer.drain();
    }
    assertFalse(status().isFailing());
    assertEquals(1, status().counts().inserted());
  }

  @Test
  void tellsWhatHasEndedTheTask() {
    warehouse.beforeCommit(
        commit -> {
          throw new FatalException("Table public.item needs a column.");
        });
    fail();
    assertEquals("Table public.item needs a column.", status().error().text());
  }

  @Test
  void messagesThatMayHoldValuesAreNotTold() {
    AtomicInteger failures = new AtomicInteger(1);
    warehouse.beforeCommit(
        commit -> {
          if (failures.getAndDecrement() > 0) {
            throw new RetriableException("The row (1, 'secret') is locked.");
          }
        });
    history.insert(1, "a", "x");
    StatusOptions kinds =
        new StatusOptions(Optional.of(Duration.ZERO), StatusOptions.Reasons.KINDS, topic -> null);
    run(target(), TestOptions.options().status(kinds).build()).close();
    assertEquals("RetriableException, see the worker's log", status().error().text());
  }

  /** What a target cannot store would keep everything else from being stored, too. */
  @Test
  void reasonsAreCutAndHoldNothingThatNoTargetStores() {
    warehouse.beforeCommit(
        commit -> {
          throw new FatalException("\0" + "\uD83D\uDE00".repeat(1_000));
        });
    fail();
    String told = status().error().text();
    assertEquals(1_001, told.length());
    assertTrue(told.startsWith("?\uD83D\uDE00") && told.endsWith("?…"), told);
  }

  @Test
  void recordsThatTheTargetRefusesAreCountedWithTheReason() {
    history.insert(1, "a", "x");
    history.insert(2, "bad", "x");
    Target picky =
        new ForwardingTarget(target()) {
          @Override
          public CommitReceipt commit(Commit commit) {
            requireGood(commit);
            return super.commit(commit);
          }

          @Override
          public void rehearse(Commit commit) {
            requireGood(commit);
          }

          private void requireGood(Commit commit) {
            commit.batches().get(0).changes().stream()
                .filter(change -> change.key().equals(RowKey.of(2)))
                .forEach(
                    change -> {
                      throw new RecordException(
                          "Column name cannot hold it.", History.TABLE, change.key(), null);
                    });
          }
        };
    Consumer consumer = consumer(picky, Duration.ZERO).expectingRejections(letter -> true);
    consumer.drain();
    consumer.close();
    assertEquals(1, status().counts().rejected());
    assertEquals(1, status().counts().inserted());
    assertEquals("Column name cannot hold it.", status().rejection().text());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void commitsGoOnWhereItCannotBeStored(StatusWrites writes, Duration interval) {
    history.insert(1, "a", "x");
    history.insert(2, "b", "y");
    Target refusing =
        new Writing(target(), writes) {
          @Override
          public CommitReceipt commit(Commit commit) {
            return super.commit(commit.with(List.of()));
          }

          @Override
          public void report(List<TableStatus> status) {
            throw new FatalException("The user may not create _cdc_status.");
          }
        };
    run(refusing, interval).close();
    history.assertStoredIn(warehouse);
    assertEquals(List.of(), warehouse.status("shop"));
  }

  @Test
  void isNotKeptWhereItIsOff() {
    history.insert(1, "a", "x");
    run(target(), TestOptions.options().build()).close();
    assertEquals(List.of(), warehouse.status("shop"));
  }

  /** A target that stores status in the one way or the other. */
  private static class Writing extends ForwardingTarget {
    private final StatusWrites writes;

    Writing(Target target, StatusWrites writes) {
      super(target);
      this.writes = writes;
    }

    @Override
    public StatusWrites statusWrites() {
      return writes;
    }
  }

  /** Runs a task until it has failed, and ends it. */
  private void fail() {
    history.insert(1, "a", "x");
    Consumer consumer = consumer(target(), LONG);
    Await.until(
        "the task has failed",
        () -> {
          try {
            consumer.poll(10);
            return false;
          } catch (FatalException e) {
            return true;
          }
        });
    consumer.close();
  }

  private TableStatus status() {
    List<TableStatus> all = warehouse.status("shop");
    assertEquals(List.of(ITEM), all.stream().map(TableStatus::key).toList());
    return all.get(0);
  }

  private Target target() {
    return new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0));
  }

  private Consumer consumer(Target target, Duration interval) {
    return consumer(target, TestOptions.options().statusInterval(interval).build());
  }

  private Consumer consumer(Target target, PipelineOptions options) {
    return new Consumer(history.log, group, target, options);
  }

  private Consumer run(Target target, Duration interval) {
    return run(target, TestOptions.options().statusInterval(interval).build());
  }

  private Consumer run(Target target, PipelineOptions options) {
    Consumer consumer = consumer(target, options);
    consumer.drain();
    return consumer;
  }
}
