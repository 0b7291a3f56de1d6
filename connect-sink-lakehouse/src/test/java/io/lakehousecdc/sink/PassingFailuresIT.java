// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.CuttingProxy;
import io.lakehousecdc.sink.postgres.CuttingProxy.Side;
import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What passes by itself on the side of the target ends no task: whatever happens while it starts,
 * takes partitions, writes or commits, all changes arrive, each once. The worker here is one that a
 * task which fails would fail.
 */
@Timeout(120)
class PassingFailuresIT {
  private static final DebeziumTable ITEMS =
      DebeziumRecords.table("public", "items")
          .key("id", Schema.INT64_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);
  private static final String WAITING =
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and datname = current_database()";

  private static final TopicPartition PARTITION = new TopicPartition(ITEMS.topic(), 0);

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final CuttingProxy proxy = new CuttingProxy(SharedPostgres.server().port());
  private final List<SinkRecord> records = new ArrayList<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();

  @AfterEach
  void close() {
    proxy.close();
  }

  /** Starting, shutting down, out of connections, read-only; and what poolers refuse with. */
  @ParameterizedTest
  @ValueSource(strings = {"57P03", "57P01", "53300", "53200", "25006", "08P01", "08004"})
  void serverThatRefusesConnectionsForAWhile(String state) {
    proxy.refuse(3, state);
    change(1);
    try (FakeWorker worker = worker(Map.of())) {
      assertEquals(3, proxy.refused(), "while the task starts");
      drain(worker);
      database.terminateSessions();
      proxy.refuse(2, state);
      change(2);
      drain(worker);
      assertEquals(5, proxy.refused(), "while it writes");
      database.terminateSessions();
      proxy.refuse(2, state);
      worker.reassign();
      assertEquals(7, proxy.refused(), "while it takes partitions");
      change(3);
      drain(worker);
    }
    assertStored();
  }

  /** The server has got nothing, half of the rows, all of them, or has even committed. */
  @ParameterizedTest
  @CsvSource({
    "CLIENT, pg_backend_pid",
    "CLIENT, LOCK TABLE",
    "CLIENT, COPY",
    "CLIENT, PGCOPY",
    "SERVER, COPY ",
    "CLIENT, MERGE INTO",
    "SERVER, MERGE ",
    "CLIENT, COMMIT",
    "SERVER, COMMIT"
  })
  void connectionThatIsCut(Side side, String moment) {
    change(1);
    try (FakeWorker worker = worker(Map.of("write.mode", "upsert"))) {
      drain(worker);
      for (int round = 2; round < 5; round++) {
        database.terminateSessions();
        change(round);
        proxy.cutAt(side, moment);
        drain(worker);
        assertTrue(proxy.hasCut(), () -> side + " never says " + moment);
      }
    }
    assertStored();
  }

  /** What the log holds twice would show. */
  @Test
  void commitWhoseAnswerIsLostIsNotMadeTwice() {
    change(1);
    try (FakeWorker worker = worker(Map.of("write.mode", "append"))) {
      drain(worker);
      for (int round = 2; round < 8; round++) {
        change(round);
        proxy.cutAt(Side.SERVER, "COMMIT");
        drain(worker);
        assertTrue(proxy.hasCut());
      }
    }
    assertEquals(records.size(), database.number("select count(*) from items"));
  }

  @Test
  void lockThatSomebodyHoldsForLong() throws SQLException {
    change(1);
    try (FakeWorker worker = worker(Map.of("postgres.lock.timeout.ms", "500"));
        Connection other = database.connect();
        Statement statement = other.createStatement()) {
      drain(worker);
      other.setAutoCommit(false);
      statement.execute("lock table items");
      change(2);
      for (boolean waits : new boolean[] {true, false, true}) {
        Await.until(
            waits ? "a commit waits for the lock" : "it has given up",
            () -> {
              worker.poll();
              return waits == database.number(WAITING) > 0;
            });
      }
      other.rollback();
      drain(worker);
    }
    assertStored();
  }

  @Test
  void connectionsAreUsedUpByOthers() throws Exception {
    database.execute(
        "create role few login connection limit 1 password 'few'",
        "grant create, temporary on database " + database.name() + " to few",
        "grant all on schema public to few");
    change(1);
    try (Connection other = DriverManager.getConnection(database.jdbcUrl(), "few", "few")) {
      CompletableFuture<FakeWorker> starting =
          CompletableFuture.supplyAsync(
              () -> worker(Map.of("postgres.user", "few", "postgres.password", "few")));
      Await.until("the task has been refused", () -> proxy.accepted() > 2);
      other.close();
      try (FakeWorker worker = starting.get()) {
        drain(worker);
      }
      assertStored();
    } finally {
      database.execute("drop owned by few cascade", "drop role few");
    }
  }

  /** First the server crashes and comes back, then it stays away, and its standby takes over. */
  @Test
  void serverCrashesAndItsStandbyIsPromotedWhileRecordsFlow() {
    try (PostgresServer primary = PostgresServer.builder().name("primary").start();
        PostgresServer standby = primary.standby()) {
      String url =
          "jdbc:postgresql://%s:%d,%s:%d/%s"
              .formatted(
                  primary.host(),
                  primary.port(),
                  standby.host(),
                  standby.port(),
                  primary.database().name());
      change(1);
      try (FakeWorker worker =
          worker(
              Map.of(
                  "postgres.url", url,
                  "postgres.user", primary.user(),
                  "postgres.password", primary.password()))) {
        drain(worker);
        change(2);
        worker.poll();
        primary.kill9();
        worker.poll();
        primary.restart();
        drain(worker);
        change(3);
        worker.poll();
        primary.kill9();
        for (int poll = 0; poll < 5; poll++) {
          worker.poll();
        }
        standby.promote();
        worker.reassign();
        change(4);
        drain(worker);
      }
      PostgresDatabase promoted = standby.database(primary.database().name());
      assertEquals(
          List.of(List.of(5L, "v4", "v4")),
          promoted.rows("select count(*), min(v), max(v) from items"));
    }
  }

  @Test
  void ownTablesThatAreDroppedAreMadeAgain() {
    change(1);
    try (FakeWorker worker = worker(Map.of())) {
      drain(worker);
      database.execute("drop table _cdc_offsets, _cdc_histories, _cdc_sweeps");
      worker.reassign();
      change(2);
      drain(worker);
    }
    assertStored();
  }

  /** Writes a few rows in the source. */
  private void change(int round) {
    for (long id = 0; id < 5; id++) {
      int offset = records.size();
      long lsn = 100 + offset * 10L;
      records.add(
          (round == 1
                  ? ITEMS.create(lsn, lsn, id, "v" + round)
                  : ITEMS.update(lsn, lsn, id, "v" + round))
              .at(0, offset));
    }
  }

  private void drain(FakeWorker worker) {
    Await.until(
        "all is committed",
        () -> {
          worker.poll();
          return worker.commit();
        });
  }

  private void assertStored() {
    Object last = records.get(records.size() - 1);
    assertEquals(5, database.number("select count(*) from items"), () -> "up to " + last);
    assertEquals(1, database.number("select count(distinct v) from items"));
    assertEquals("v" + records.size() / 5, database.value("select v from items where id = 4"));
  }

  private FakeWorker worker(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("name", "passing");
    all.put("topics", ITEMS.topic());
    all.put("target", "postgres");
    all.put("postgres.url", "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name());
    all.put("postgres.user", database.user());
    all.put("postgres.password", database.password());
    all.put("flush.interval.ms", "1");
    all.putAll(settings);
    return new FakeWorker(all, Map.of(PARTITION, records), group, new Random(1));
  }
}
