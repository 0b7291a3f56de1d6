// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of docs/DELIVERY.md on initial snapshots, on the whole stack and in all targets. */
class SnapshotCasesIT {
  private static final String ORPHANED = "did not contain";

  @Test
  void case11ARowDeletedBetweenTwoAttemptsOfASnapshotGoes() throws SQLException {
    try (Scenario shop =
            new Scenario(
                "interrupted",
                "create table case11 (id int primary key, v text)",
                "create table z_later (id int primary key, v text)",
                "insert into case11 select g, 'v' from generate_series(1, 20) g",
                "insert into z_later values (1, 'v')");
        Connection blocker = shop.source.connect();
        Statement block = blocker.createStatement()) {
      Replicas copies = shop.replicas("copies").withVersions().set("snapshot.sweep", "true");
      // Created here, because Debezium would wait for the lock to create them.
      shop.source.execute(
          "create publication %s for table case11, z_later".formatted(shop.sourceName()),
          "select pg_create_logical_replication_slot('%s', 'pgoutput')"
              .formatted(shop.sourceName()));
      shop.set("publication.autocreate.mode", "disabled");
      blocker.setAutoCommit(false);
      block.execute("lock table z_later in access exclusive mode");
      shop.registerSource(shop.sourceName());
      copies.start();
      // Debezium holds the last record of a snapshot back until it knows whether it is the last.
      copies.each(
          "rows of the first attempt",
          replica ->
              Await.until(
                  "rows of the first attempt",
                  () -> replica.warehouse.rows("case11", List.of("id")).size() >= 19));
      shop.source.execute("delete from case11 where id = 7");
      cutOtherSessions(shop.source, block);
      blocker.rollback();
      Await.until(
          "the source connector begins again",
          () -> {
            if (Scenario.connect().status(shop.sourceName()).toString().contains("FAILED")) {
              Scenario.connect().restart(shop.sourceName());
            }
            return copies.all().stream().allMatch(replica -> replica.warehouse.has("z_later"));
          });
      copies.awaitEqual("case11", "z_later");
    }
  }

  @Test
  void case12RowsThatANewSnapshotLacksAreSweptOrReported() {
    try (Scenario shop =
        new Scenario(
            "again",
            "create table case12 (id int primary key, v text)",
            "insert into case12 select g, 'v' from generate_series(1, 20) g")) {
      shop.set("topic.creation.default.replication.factor", "1")
          .set("topic.creation.default.partitions", "3");
      Replicas reporting =
          shop.replicas("reporting")
              .set("tasks.max", "2")
              .set(
                  "consumer.override.partition.assignment.strategy",
                  "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
      Replicas sweeping =
          shop.replicas("sweeping").set("tasks.max", "2").set("snapshot.sweep", "true");
      shop.start();
      reporting.awaitEqual("case12");
      sweeping.awaitEqual("case12");
      List<List<String>> all = new SourceTable(shop.source, "case12").rows(List.of("id", "v"));

      shop.deleteSource(shop.sourceName());
      // One row is left: only one partition, and only one task, has a row of the snapshot.
      shop.source.execute("delete from case12 where id > 1");
      String again = shop.sourceName() + "-again";
      shop.registerSource(again);
      Scenario.connect().awaitRunning(again);
      sweeping.awaitEqual("case12");
      reporting.each("log", replica -> replica.awaitLogged("case12", ORPHANED, "19 stored rows"));
      reporting.awaitRows("case12", List.of("id", "v"), all);
    }
  }

  @Test
  void case13AChangeOfATransactionThatStraddlesTheSlotsCreationWinsOverTheSnapshot()
      throws SQLException {
    try (Scenario shop =
            new Scenario(
                "straddling",
                "create table case13 (id int primary key, v text)",
                "insert into case13 values (1, 'old'), (2, 'old')");
        Connection one = shop.source.connect();
        Connection two = shop.source.connect();
        Connection three = shop.source.connect();
        Statement first = one.createStatement();
        Statement second = two.createStatement();
        Statement straddler = three.createStatement()) {
      Replicas copies = shop.replicas("copies").withVersions();
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      three.setAutoCommit(false);
      // The server determines the point from which it can decode in two steps, and in each it waits
      // for the running transactions. One that begins in between is decoded although its changes
      // are
      // before that point, and the snapshot does not contain it.
      first.execute("select pg_current_xact_id()");
      shop.registerSource(shop.sourceName());
      awaitSlotWaitsFor(shop.source, first);
      second.execute("select pg_current_xact_id()");
      one.commit();
      awaitSlotWaitsFor(shop.source, second);
      straddler.execute("update case13 set v = 'straddling' where id = 1");
      two.commit();
      copies.start();
      copies.awaitRows(
          "case13", List.of("id", "v"), List.of(List.of("1", "old"), List.of("2", "old")));
      three.commit();
      copies.awaitEqual("case13");
    }
  }

  /** Waits until the creation of a slot waits for the transaction of this statement. */
  private static void awaitSlotWaitsFor(PostgresDatabase source, Statement transaction)
      throws SQLException {
    int backend = backend(transaction);
    Await.until(
        "the slot's creation waits for a running transaction",
        () ->
            source.number(
                    "select count(*) from pg_locks waiting join pg_locks held"
                        + " on held.transactionid = waiting.transactionid and held.granted"
                        + " where not waiting.granted and held.pid = "
                        + backend)
                > 0);
  }

  private static int backend(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void cutOtherSessions(PostgresDatabase source, Statement except)
      throws SQLException {
    source.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            + " and pid not in (pg_backend_pid(), "
            + backend(except)
            + ")");
  }
}
