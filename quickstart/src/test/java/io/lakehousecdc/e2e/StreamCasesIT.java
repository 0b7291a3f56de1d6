// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of docs/DELIVERY.md on transactions, signalled snapshots, partitions and schema
 * changes, on the whole stack and in all targets: topics of three partitions, sinks of two tasks.
 */
class StreamCasesIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();
  private static Scenario shop;
  private static Replicas copies;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
                "stream",
                "create table signals (id text primary key, type text, data text)",
                "create table case9 (id int primary key, v text)",
                "create table case15 (id int primary key, v text)",
                "create table case17 (id int primary key, v text)",
                "create table case18 (id int primary key, v text)",
                "create table case22 (id int primary key, u int)",
                "create table parent (id int primary key)",
                "create table child (id int primary key,"
                    + " parent_id int references parent deferrable initially deferred)",
                "create table case24 (id int primary key, n int, s varchar(5), d numeric(6,2))",
                "create table case28 (id int primary key deferrable initially deferred, v text)",
                // PostgreSQL does not accept a deferrable key as replica identity.
                "alter table case28 replica identity full",
                "create table case30 (id int primary key, v int)",
                "create table case35 (id int primary key, v int)",
                "create table case39 (id int primary key, v text)",
                "insert into case17 select g, 'old' from generate_series(1, 50) g")
            .set("signal.data.collection", "public.signals")
            .set("topic.creation.default.replication.factor", "1")
            .set("topic.creation.default.partitions", "3")
            // Rows that swap a unique value have to be in one task, and a parent whose child is in
            // another task must not itself wait for children.
            .set("topic.creation.groups", "single")
            .set("topic.creation.single.include", ".*\\.(case22|parent|case30)")
            .set("topic.creation.single.partitions", "1")
            .set("topic.creation.single.replication.factor", "1")
            .set("producer.override.metadata.max.age.ms", "500");
    copies = shop.replicas("copies").withVersions().set("tasks.max", "2");
    copies
        .postgres()
        .execute(
            "create table case22 (id int primary key, u int unique)",
            "create table parent (id int primary key)",
            "create table child (id int primary key, parent_id int references parent)");
    shop.start();
    copies.awaitEqual("case17");
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void case9InterleavedTransactionsAreAllApplied() throws SQLException {
    try (Connection one = shop.source.connect();
        Connection two = shop.source.connect();
        Statement first = one.createStatement();
        Statement second = two.createStatement()) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      first.execute("insert into case9 values (1, 'first')");
      second.execute("insert into case9 values (2, 'second')");
      first.execute("insert into case9 values (3, 'first')");
      two.commit();
      first.execute("update case9 set v = 'again' where id = 1");
      one.commit();
    }
    copies.awaitEqual("case9");
  }

  @Test
  void case15OnlyRowsWrittenAfterATruncateStay() {
    shop.source.execute("insert into case15 select g, 'before' from generate_series(1, 100) g");
    copies.awaitEqual("case15");
    // The truncate is in one partition, the changes before and after it in all of them.
    shop.source.execute(
        "insert into case15 select g, 'just before' from generate_series(101, 200) g",
        "truncate case15",
        "insert into case15 select g, 'after' from generate_series(50, 150) g");
    copies.awaitEqual("case15");
  }

  @Test
  void case17AnIncrementalSnapshotBesideChangesRegressesNothing() {
    shop.source.execute(
        "insert into signals values ('case17', 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.case17\"], \"type\": \"incremental\"}')",
        "update case17 set v = 'new' where id % 2 = 0",
        "delete from case17 where id % 5 = 0");
    awaitInTopic("case17", "\"snapshot\":\"incremental\"");
    shop.source.execute("insert into case17 values (100, 'after the snapshot')");
    copies.awaitEqual("case17");
  }

  @Test
  void case18ABlockingSnapshotBeforeOlderChangesEndsInTheLatestState() {
    shop.source.execute("insert into case18 select g, 'old' from generate_series(1, 20) g");
    copies.awaitEqual("case18");
    // When the signal is read, all changes are committed: the snapshot has the latest rows, and the
    // changes that led to them follow it.
    shop.source.execute(
        "begin;"
            + " insert into signals values ('case18', 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.case18\"], \"type\": \"blocking\"}');"
            + " update case18 set v = 'between';"
            + " update case18 set v = 'latest';"
            + " delete from case18 where id > 15;"
            + " commit");
    awaitInTopic("case18", "\"op\":\"r\"");
    shop.source.execute("insert into case18 values (100, 'after the snapshot')");
    copies.awaitEqual("case18");
  }

  @Test
  void case22ASwappedUniqueValueConverges() {
    shop.source.execute("insert into case22 values (1, 10), (2, 20)");
    copies.awaitEqual("case22");
    shop.source.execute("update case22 set u = 30 - u");
    copies.awaitEqual("case22");
    copies
        .inPostgres()
        .awaitLogged("case22", "keeps values unique beyond its key", "2 tasks", "tasks.max=1");
  }

  @Test
  void case22AChildBeforeItsParentConverges() {
    shop.source.execute(
        "begin; insert into child select g, g from generate_series(1, 200) g;"
            + " insert into parent select g from generate_series(1, 200) g; commit");
    copies.awaitEqual("parent", "child");
  }

  @Test
  void case24ColumnsAreAddedAndWidened() {
    shop.source.execute("insert into case24 values (1, 1, 'abc', 1234.56)");
    copies.awaitEqual("case24");
    shop.source.execute("alter table case24 add column added text default 'by the source'");
    shop.source.execute(
        "alter table case24 alter column n type bigint, alter column s type varchar(9),"
            + " alter column d type numeric(12,2)",
        "insert into case24 values (2, 5000000000, 'longer', 9876543210.98, 'new'),"
            + " (3, 3, 'f', null, null)");
    // Existing rows get a default without an event: documented; a snapshot repairs it.
    copies.awaitRows(
        "case24",
        List.of("id", "n", "s", "d", "added"),
        List.of(
            Arrays.asList("1", "1", "abc", "1234.56", null),
            List.of("2", "5000000000", "longer", "9876543210.98", "new"),
            Arrays.asList("3", "3", "f", null, null)));
  }

  @Test
  void case28KeysThatShiftOverPartitionsLoseNoRow() {
    shop.source.execute("insert into case28 select g, 'v' || g from generate_series(1, 50) g");
    for (int round = 0; round < 5; round++) {
      shop.source.execute("update case28 set id = id + 1");
    }
    shop.source.execute("update case28 set id = 60 - id");
    copies.awaitEqual("case28");
  }

  @Test
  void case30ARepartitionedTopicIsOrderedByPosition() throws Exception {
    shop.source.execute("insert into case30 select g, 0 from generate_series(1, 50) g");
    copies.awaitEqual("case30");
    KAFKA
        .admin()
        .createPartitions(Map.of(shop.topic("case30"), NewPartitions.increaseTo(4)))
        .all()
        .get();
    Await.until(
        "changes in the new partitions",
        () -> {
          shop.source.execute("update case30 set v = v + 1");
          return KAFKA.endOffsets(shop.topic("case30")).values().stream().allMatch(end -> end > 0);
        });
    shop.source.execute("delete from case30 where id % 7 = 0", "update case30 set v = v + 1");
    copies.awaitEqual("case30");
  }

  @Test
  void case35TwoTasksOnOneTableConverge() {
    for (int round = 0; round < 20; round++) {
      shop.source.execute(
          "insert into case35 select g, "
              + round
              + " from generate_series(1, 200) g"
              + " on conflict (id) do update set v = excluded.v",
          "delete from case35 where id % 7 = " + round % 7);
    }
    copies.awaitEqual("case35");
    assertEquals(
        3, KAFKA.endOffsets(shop.topic("case35")).values().stream().filter(end -> end > 0).count());
  }

  @Test
  void case35ATableThatTheExpressionBeginsToMatchIsTakenUp() {
    shop.source.execute(
        "create table case35_new (id int primary key, v text)",
        "alter publication " + shop.name + " add table case35_new",
        "insert into case35_new select g, 'v' from generate_series(1, 10) g",
        "update case35_new set v = 'w' where id > 5");
    copies.awaitEqual("case35_new");
  }

  @Test
  void case39ABlockingSnapshotOfSomeRowsTouchesNoOthers() {
    shop.source.execute("insert into case39 select g, 'v' || g from generate_series(1, 10) g");
    copies.awaitEqual("case39");
    shop.source.execute(
        "insert into signals values ('case39', 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.case39\"], \"type\": \"blocking\","
            + " \"additional-conditions\": [{\"data-collection\": \"public.case39\","
            + " \"filter\": \"select * from public.case39 where id <= 3\"}]}')");
    awaitInTopic("case39", "\"op\":\"r\"");
    shop.source.execute("insert into case39 values (11, 'after the snapshot')");
    copies.awaitEqual("case39");
    copies.each(
        "operations of case39",
        replica ->
            assertEquals(
                List.of(8L, 3L), List.of(operations(replica, "c"), operations(replica, "r"))));
  }

  private static long operations(Replica replica, String operation) {
    return replica.warehouse.rows("case39", List.of("_cdc_op")).stream()
        .filter(List.of(operation)::equals)
        .count();
  }

  private static void awaitInTopic(String table, String text) {
    Await.until(
        text + " in the topic of " + table,
        () ->
            KAFKA.values(shop.topic(table)).stream()
                .anyMatch(value -> value != null && value.contains(text)));
  }
}
