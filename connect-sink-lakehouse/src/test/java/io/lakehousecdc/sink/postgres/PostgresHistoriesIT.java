// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Histories that several connections open, change and only use. */
class PostgresHistoriesIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final SourceId BLUE = new SourceId("blue", "shop", "postgresql");
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");
  private static final History FIRST = new History(0, BLUE, 1_000);
  private static final String WAITING =
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";

  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void oneOfTwoTasksThatOpenAHistoryAtTheSameTimeWins() throws Exception {
    for (int round = 1; round <= 10; round++) {
      Target first = open();
      Target second = open();
      PartitionOwner blue = owner(first, 0);
      PartitionOwner green = owner(second, 1);
      Histories before = first.histories();
      Commit opensBlue =
          blue.knowing(with(before, new History(round, BLUE, 1_000L * round)))
              .prepare(batch(ITEMS, NAMED).upsert(new Position(round, 1, 1), 1, "b").build());
      Commit opensGreen =
          green
              .knowing(with(before, new History(round, GREEN, 1_000L * round)))
              .prepare(batch(ITEMS, NAMED).upsert(new Position(round, 1, 1), 2, "g").build());
      List<Callable<Object>> both =
          List.of(() -> blue.commit(opensBlue), () -> green.commit(opensGreen));
      List<Throwable> failures = new ArrayList<>();
      for (Future<Object> each : threads.invokeAll(both)) {
        try {
          each.get();
        } catch (ExecutionException e) {
          failures.add(e.getCause());
        }
      }
      assertThat(failures)
          .as("failures of round %s", round)
          .hasSize(1)
          .allMatch(OutdatedHistoriesException.class::isInstance);
      assertThat(database.number("select count(*) from items where _cdc_epoch = " + round))
          .as("rows of round %s", round)
          .isEqualTo(1);
    }
  }

  @Test
  void taskThatOpensAHistoryWaitsForCommitsThatDoNotKnowIt() throws Exception {
    PartitionOwner first = owner(open(), 0).knowing(with(Histories.NONE, FIRST));
    first.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    PartitionOwner second = owner(open(), 1);
    second.commit(batch(ITEMS, NAMED).upsert(1, 2, "b").build());
    Commit opening =
        second
            .knowing(with(Histories.NONE, new History(1, BLUE, 2_000)))
            .prepare(batch(ITEMS, NAMED).upsert(new Position(1, 1, 1), 2, "new").build());
    Commit unaware = first.prepare(batch(ITEMS, NAMED).upsert(2, 1, "old").build());
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select from items where id = 1 for update");
      Future<?> writing = threads.submit(() -> first.commit(unaware));
      Await.until(
          "the first commit waits for the row",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      Future<?> waiting = threads.submit(() -> second.commit(opening));
      Await.until(
          "the second commit waits for the first",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 2);
      other.commit();
      writing.get();
      waiting.get();
    }
    assertThat(database.rows("select id, name from items order by id"))
        .containsExactly(List.of(1, "old"), List.of(2, "new"));
  }

  @Test
  void commitsThatChangeNoHistoryDoNotWaitForEachOther() throws Exception {
    PartitionOwner first = owner(open(), 0).knowing(with(Histories.NONE, FIRST));
    first.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    PartitionOwner second = owner(open(), 1);
    second.commit(batch(ITEMS, NAMED).upsert(1, 2, "b").build());
    Commit blocked = first.prepare(batch(ITEMS, NAMED).upsert(2, 1, "c").build());
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select from items where id = 1 for update");
      Future<?> waiting = threads.submit(() -> first.commit(blocked));
      Await.until(
          "the first commit waits for the row",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      second.commit(batch(ITEMS, NAMED).upsert(2, 2, "d").build());
      other.commit();
      waiting.get();
    }
  }

  @Test
  void rehearsalNeitherChecksNorStoresHistories() {
    Target target = open();
    PartitionOwner owner = owner(target, 0).knowing(with(Histories.NONE, FIRST));
    TableBatch row = batch(ITEMS, NAMED).upsert(1, 1, "a").build();
    target.rehearse(owner.prepare(row));
    assertThat(target.histories()).as("after the rehearsal").isEqualTo(Histories.NONE);
    owner.commit(row);
    Commit known = owner.prepare(row);
    target.rehearse(
        new Commit(
            known.batches(),
            known.advances(),
            known.deadLetters(),
            known.contributors(),
            Histories.NONE));
  }

  @Test
  void historiesThatSomebodyDeletesAreWrittenAnew() {
    Target target = open();
    PartitionOwner owner = owner(target, 0).knowing(with(Histories.NONE, FIRST));
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "b").build());
    database.execute("delete from _cdc_histories");
    assertThatExceptionOfType(RetriableException.class).isThrownBy(() -> owner.commit(commit));
    owner.commit(commit);
    assertThat(target.histories().all()).containsExactly(FIRST);
  }

  @Test
  void sweepsOfTwoShardsWaitSideBySide() {
    Target target = open();
    Histories known = with(with(Histories.NONE, FIRST), new History(1, GREEN, 2_000));
    PartitionOwner first = owner(target, 0).knowing(known);
    PartitionOwner behind = owner(target, 1).knowing(known);
    behind.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    first.commit(sweep(known, new Position(1, 100, 0)));
    first.commit(sweep(known, new Position(0, 50, 0)));
    assertThat(target.pendingSweeps(Set.of("topic")))
        .extracting(each -> each.below())
        .containsExactlyInAnyOrder(new Position(1, 100, 0), new Position(0, 50, 0));
  }

  @Test
  void commitTimesBeyondTheDatabasesAreCompared() {
    List<Long> beginnings = List.of(History.ALWAYS, 1L, Long.MAX_VALUE, 300_000_000_000_000_000L);
    for (int i = 0; i < beginnings.size(); i++) {
      int epoch = 2 * i + 1;
      Histories known =
          with(
              with(Histories.NONE, new History(epoch - 1, BLUE, History.ALWAYS)),
              new History(epoch, BLUE, beginnings.get(i)));
      PartitionOwner owner =
          owner(open(), i).knowing(with(open().histories(), known.all().toArray(new History[0])));
      owner.commit(batch(ITEMS, NAMED).upsert(new Position(epoch - 1, 900, 900), 1, "a").build());
      Floor floor =
          known.floor(new Position(epoch, 50, 50), Floor.Cause.TRUNCATE, SourceRelation.AUTO);
      owner.commit(new TableBatch(ITEMS, NAMED, List.of(), List.of(floor), Optional.empty()));
      long began = beginnings.get(i);
      boolean maySurvive = began != History.ALWAYS && began < 900_000;
      assertThat(database.number("select count(*) from items"))
          .as("rows where the history began at %s", began)
          .isEqualTo(maySurvive ? 1 : 0);
    }
  }

  /** The truncate came first, when nothing showed that a second table would join the first. */
  @Test
  void rowsFromBeforeATruncateOfAnotherSourceTableAreNotLostInSilence() {
    HistoryBook book = new HistoryBook(EpochPolicy.AUTOMATIC);
    book.learn(with(Histories.NONE, FIRST));
    book.feeds(BLUE, "public.items", "a.items");
    PartitionOwner first = owner(open(), 0).knowing(book.known());
    first.commit(batch(ITEMS, NAMED).upsert(10, 1, "a").build());
    first.commit(batch(ITEMS, NAMED).truncate(50).build());
    book.feeds(BLUE, "public.items", "b.items");
    PartitionOwner second = owner(open(), 1).knowing(book.known());
    TableBatch early = batch(ITEMS, NAMED).upsert(40, 2, "b").upsert(60, 3, "c").build();
    Commit commit = second.prepare(early);
    String message =
        assertThatExceptionOfType(FatalException.class)
            .isThrownBy(() -> second.commit(commit))
            .withMessageContaining("a.items")
            .withMessageContaining("b.items")
            .actual()
            .getMessage();
    database.execute(message.substring(message.indexOf("Run: ") + 5));
    second.commit(commit);
    assertThat(database.rows("select name from items order by id"))
        .containsExactly(List.of("b"), List.of("c"));
  }

  private static TableBatch sweep(Histories known, Position below) {
    Floor floor = known.floor(below, Floor.Cause.SWEEP, SourceRelation.SHARDS);
    return new TableBatch(
        ITEMS,
        NAMED,
        List.of(),
        List.of(),
        Optional.of(new Sweep("topic", floor, Sweep.Mode.REMOVE)));
  }

  private static Histories with(Histories known, History... more) {
    return known.union(Histories.of(List.of(more), Map.of()));
  }
}
