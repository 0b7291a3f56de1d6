// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several tasks, lost connections, and people who change tables while the sink runs. */
class PostgresConcurrencyIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void tasksThatCreateAndWidenTheSameTablesDoNotRace() throws Exception {
    List<PartitionOwner> owners = new ArrayList<>();
    for (int task = 0; task < 4; task++) {
      owners.add(owner(open(), task));
    }
    for (int round = 0; round < 5; round++) {
      TableId table = new TableId("schema" + round, "items");
      List<Future<?>> commits = new ArrayList<>();
      for (int task = 0; task < 4; task++) {
        int id = task;
        commits.add(
            threads.submit(
                () -> {
                  RowSchema schema =
                      keyed(
                          optional("v", id % 2 == 0 ? Primitive.INT32 : Primitive.INT64),
                          optional("own" + id, Primitive.TEXT));
                  Object value = id % 2 == 0 ? (Object) id : (Object) (long) id;
                  owners
                      .get(id)
                      .commit(batch(table, schema).upsert(1, id, value, "x" + id).build());
                }));
      }
      for (Future<?> commit : commits) {
        commit.get();
      }
      assertEquals(
          List.of(
              List.of(0, 0L, "x0"),
              List.of(1, 1L, "x1"),
              List.of(2, 2L, "x2"),
              List.of(3, 3L, "x3")),
          database.rows(
              "select id, v, coalesce(own0, own1, own2, own3) from " + table + " order by id"));
    }
  }

  @Test
  void tasksThatWriteTheSameRowsKeepTheNewest() throws Exception {
    owner().commit(batch(ITEMS, NAMED).upsert(1, 0, "first").build());
    List<PartitionOwner> owners = List.of(owner(open(), 1), owner(open(), 2));
    List<Future<?>> tasks = new ArrayList<>();
    for (int task = 0; task < 2; task++) {
      PartitionOwner owner = owners.get(task);
      int offset = task;
      tasks.add(
          threads.submit(
              () -> {
                for (int round = 1; round <= 40; round++) {
                  Batches batch = batch(ITEMS, NAMED);
                  for (int id = 0; id < 50; id++) {
                    long lsn = 100L * round + (id % 2 == offset ? 50 : 10);
                    batch.upsert(lsn, id, "at " + lsn);
                  }
                  retrying(owner, owner.prepare(batch.build()));
                }
              }));
    }
    for (Future<?> task : tasks) {
      task.get();
    }
    assertEquals(
        List.of(List.of("at 4050", 50L)),
        database.rows("select name, count(*) from items group by name"));
  }

  private static void retrying(PartitionOwner owner, Commit commit) {
    Await.until(
        "the commit succeeds",
        Duration.ofSeconds(60),
        () -> {
          try {
            owner.commit(commit);
            return true;
          } catch (RetriableException e) {
            return false;
          }
        });
  }

  @Test
  void zombieWaitsForTheOwnersTransactionAndIsThenFenced() throws Exception {
    PartitionOwner zombie = owner();
    zombie.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    try (Connection successor = database.connect();
        Statement statement = successor.createStatement()) {
      successor.setAutoCommit(false);
      statement.execute("update _cdc_offsets set next_offset = next_offset + 1");
      Future<?> late =
          threads.submit(() -> zombie.commit(batch(ITEMS, NAMED).upsert(9, 1, "z").build()));
      Await.until(
          "the zombie waits for the offsets",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      successor.commit();
      ExecutionException failure = assertThrows(ExecutionException.class, late::get);
      assertInstanceOf(FencedException.class, failure.getCause());
    }
    assertEquals("a", database.value("select name from items"));
  }

  @Test
  void commitThatWaitsForALockEndsWhenItIsCancelled() throws Exception {
    endsAWaitForALock(Target::cancel);
  }

  @Test
  void commitThatWaitsForALockEndsWhenItsConnectionIsAborted() throws Exception {
    endsAWaitForALock(Target::abort);
  }

  private void endsAWaitForALock(Consumer<Target> means) throws Exception {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "b").build());
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select * from items for update");
      Future<?> blocked = threads.submit(() -> owner.commit(commit));
      Await.until(
          "the commit waits for the row",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      means.accept(target);
      ExecutionException failure = assertThrows(ExecutionException.class, blocked::get);
      assertInstanceOf(RetriableException.class, failure.getCause());
    }
    owner.commit(commit);
    assertEquals("b", database.value("select name from items"));
  }

  private static final String WAITING =
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and datname = current_database()";

  @Test
  void lostConnectionIsRetriableAndMadeAnew() {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    Commit first = owner.prepare(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    owner.commit(first);
    Commit second = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "b").build());
    database.terminateSessions();
    assertThrows(RetriableException.class, () -> owner.commit(second));
    owner.commit(second);
    assertEquals("b", database.value("select name from items"));
    assertEquals(2, target.gauges().get("postgres-connections-opened").getAsLong());
  }

  @Test
  void commitWhoseAcknowledgementWasLostIsNotAppliedTwice() {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(1, 1, "a").upsert(1, 2, "b").build());
    target.commit(commit);
    database.terminateSessions();
    database.execute("update items set name = 'seen' where id = 1");
    assertThrows(RetriableException.class, () -> target.commit(commit));
    assertEquals(2, target.commit(commit).upserted(), "the receipt of the first time");
    assertEquals("seen", database.value("select name from items where id = 1"));
  }

  @Test
  void sessionThatIsCutInTheMiddleLeavesNothing() throws Exception {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "b").upsert(2, 2, "c").build());
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select * from items for update");
      Future<?> blocked = threads.submit(() -> owner.commit(commit));
      Await.until(
          "the commit waits for the row",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      database.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
              + " and datname = current_database()");
      ExecutionException failure = assertThrows(ExecutionException.class, blocked::get);
      assertInstanceOf(RetriableException.class, failure.getCause());
    }
    assertEquals("a", database.value("select name from items"));
    owner.commit(commit);
    assertEquals(2, database.number("select count(*) from items"));
  }

  @Test
  void serverThatRestartsIsRetriable() {
    PostgresServer server = PostgresServer.builder().name("restarted").start();
    try (server) {
      Target target =
          new PostgresTargetFactory()
              .open(
                  SharedPostgres.settings(server.database(), TableOptions.DEFAULT),
                  new TargetContext("sink", 0));
      PartitionOwner owner = owner(target, 0);
      owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
      Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "b").build());
      server.kill9();
      assertThrows(RetriableException.class, () -> owner.commit(commit));
      assertThrows(RetriableException.class, () -> owner.commit(commit), "while it is down");
      server.restart();
      owner.commit(commit);
      assertEquals("b", server.database().value("select name from items"));
      target.close();
    }
  }

  @Test
  void tableThatIsDroppedMeanwhileIsCreatedAgain() {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute("drop table items");
    owner.commit(batch(ITEMS, NAMED).upsert(2, 2, "b").build());
    assertEquals(List.of(List.of(2, "b")), database.rows("select id, name from items"));
  }

  @Test
  void columnThatIsDroppedOrRetypedMeanwhileIsFollowed() {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute("alter table items drop column name");
    owner.commit(batch(ITEMS, NAMED).upsert(2, 2, "b").build());
    database.execute("alter table items alter column name type varchar(5)");
    owner.commit(batch(ITEMS, NAMED).upsert(3, 3, "c").build());
    database.execute("alter table items alter column name type jsonb using null");
    owner.commit(batch(ITEMS, NAMED).upsert(4, 4, "{}").build());
    assertEquals(
        List.of(List.of(4, "{}")),
        database.rows("select id, name::text from items where name is not null"));
  }

  @Test
  void deadlockIsRetriable() throws Exception {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").upsert(1, 2, "b").build());
    Commit commit = owner.prepare(batch(ITEMS, NAMED).upsert(2, 1, "c").upsert(2, 2, "d").build());
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("set deadlock_timeout = '60s'");
      statement.execute("update items set name = 'mine' where id = 2");
      Future<?> blocked = threads.submit(() -> owner.commit(commit));
      Await.until(
          "the commit waits for the second row",
          Duration.ofSeconds(30),
          () -> database.number(WAITING) == 1);
      statement.execute("update items set name = 'mine' where id = 1");
      other.commit();
      ExecutionException failure = assertThrows(ExecutionException.class, blocked::get);
      assertInstanceOf(RetriableException.class, failure.getCause());
    }
    owner.commit(commit);
    assertEquals(
        List.of(List.of(1, "c"), List.of(2, "d")),
        database.rows("select id, name from items order by id"));
  }
}
