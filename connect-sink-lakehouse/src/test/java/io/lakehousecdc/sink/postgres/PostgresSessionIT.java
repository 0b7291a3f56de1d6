// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What a session keeps between commits. */
class PostgresSessionIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  @Test
  void stagingTablesOfManyTablesAreDroppedAndMadeAgain() {
    Target target = open(Map.of("postgres.staging.tables.max", "100"));
    PartitionOwner owner = owner(target, 0);
    LongSupplier staging = target.gauges().get("postgres-staging-tables");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 110; i++) {
        owner.commit(
            batch(new TableId("public", "t" + i), NAMED).upsert(round, 1, "r" + round).build());
        assertTrue(staging.getAsLong() <= 101, () -> staging.getAsLong() + " staging tables");
      }
    }
    for (int i : new int[] {0, 50, 109}) {
      assertEquals("r1", database.value("select name from t" + i));
    }
  }

  @Test
  void aSteadyStreamCreatesNothing() {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    long classes = database.number("select max(oid::int8) from pg_class");
    for (int i = 2; i < 20; i++) {
      owner.commit(batch(ITEMS, NAMED).upsert(i, i % 3, "a" + i).delete(i, 77).build());
    }
    assertEquals(classes, database.number("select max(oid::int8) from pg_class"));
    assertEquals(1, target.gauges().get("postgres-ddl-statements").getAsLong());
    assertEquals(1, target.gauges().get("postgres-staging-tables").getAsLong());
  }

  @Test
  void leastRecentlyUsedStagingTablesGoFirst() {
    PartitionOwner owner = owner(open(Map.of("postgres.staging.tables.max", "5")), 0);
    int lsn = 1;
    owner.commit(changes("hot", lsn), changes("warm", lsn++));
    List<Object> hot = stagingTables();
    assertEquals(2, hot.size());
    for (int round = 0; round < 30; round++) {
      owner.commit(changes("hot", lsn), changes("cold" + round % 10, lsn++));
      if (round % 2 == 0) {
        owner.commit(changes("warm", lsn++));
      }
    }
    assertEquals(5, stagingTables().size());
    assertTrue(stagingTables().containsAll(hot), "staging tables in use were made anew");
  }

  @Test
  void commitOfMoreTablesThanThereMayBeStagingTablesIsApplied() {
    Target target = open(Map.of("postgres.staging.tables.max", "1"));
    PartitionOwner owner = owner(target, 0);
    for (int lsn = 1; lsn < 4; lsn++) {
      owner.commit(changes("a", lsn), changes("b", lsn), changes("c", lsn));
    }
    for (String table : List.of("a", "b", "c")) {
      assertEquals("v3", database.value("select name from " + table));
    }
    owner.commit(changes("d", 4));
    assertEquals(1, target.gauges().get("postgres-staging-tables").getAsLong());
  }

  @Test
  void stagingTableDroppedByATransactionThatFailedIsThereAfterIt() {
    database.execute(
        "create table parent (id integer primary key)",
        "create table b (id integer primary key references parent deferrable initially deferred)");
    PartitionOwner owner = owner(open(Map.of("postgres.staging.tables.max", "1")), 0);
    owner.commit(changes("a", 1));
    assertThrows(OutOfOrderException.class, () -> owner.commit(changes("b", 2)));
    database.execute("insert into parent values (1)");
    for (String table : List.of("a", "b", "a")) {
      owner.commit(changes(table, 3));
      assertEquals("v3", database.value("select name from " + table));
    }
  }

  @Test
  void closingTheTargetDoesNotWaitForATransactionThatWaits() throws Exception {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(changes("items", 1));
    Commit blocked = owner.prepare(changes("items", 2));
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table items");
      CompletableFuture<Void> committing = CompletableFuture.runAsync(() -> owner.commit(blocked));
      Await.until(
          "the commit waits for the lock",
          () -> database.number("select count(*) from pg_locks where not granted") > 0);
      target.close();
      ExecutionException failure = assertThrows(ExecutionException.class, committing::get);
      assertInstanceOf(RetriableException.class, failure.getCause());
    }
    assertThrows(FatalException.class, () -> owner.commit(blocked));
  }

  @Test
  void stagingTablesDoNotHoldTheDatabasesFrozenTransactionsBack() {
    PartitionOwner owner = owner(open(Map.of("postgres.session.max.transactions", "1000")), 0);
    owner.commit(changes("items", 1));
    database.execute(
        "do $$ begin for i in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$");
    for (int lsn = 2; lsn < 5; lsn++) {
      owner.commit(changes("items", lsn));
    }
    database.execute("vacuum (freeze)");
    long age =
        database.number(
            "select age(datfrozenxid)::int8 from pg_database where datname = current_database()");
    assertTrue(age < 1000, () -> age + " transactions are not frozen");
    assertEquals("v4", database.value("select name from items"));
  }

  @Test
  void sessionThatNobodyUsesIsClosedWhenItComesOfAge() {
    Target target = open(Map.of("postgres.session.max.age.ms", "1"));
    PartitionOwner owner = owner(target, 0);
    owner.commit(changes("items", 1));
    Await.until(
        "the session is closed",
        () ->
            database.number(
                    "select count(*) from pg_stat_activity where datname = current_database()"
                        + " and application_name = 'lakehousecdc'")
                == 0);
    owner.commit(changes("items", 2));
    assertEquals("v2", database.value("select name from items"));
  }

  /** Changes that are staged: the row is not new. */
  private static TableBatch changes(String table, int lsn) {
    return batch(new TableId("public", table), NAMED)
        .upsert(lsn, 1, "v" + lsn)
        .delete(lsn, 7)
        .build();
  }

  private List<Object> stagingTables() {
    return database
        .rows("select oid::int8 from pg_class where relname like '\\_cdc\\_stage\\_%'")
        .stream()
        .map(row -> row.get(0))
        .toList();
  }

  private Target open(Map<String, String> changed) {
    Map<String, String> given = new HashMap<>(changed);
    given.put("postgres.url", database.jdbcUrl());
    given.put("postgres.user", database.user());
    given.put("postgres.password", database.password());
    return open(SharedPostgres.settings(given, TableOptions.DEFAULT));
  }
}
