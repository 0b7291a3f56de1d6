package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What transactions, snapshots, types and schemas do to a stream, on the whole stack. */
class StreamCasesIT {
  private static Scenario shop;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
                "stream",
                "create table signals (id text primary key, type text, data text)",
                "create table case9 (id int primary key, v text)",
                "create table case17 (id int primary key, v text)",
                "create table case22 (id int primary key, u int)",
                "create table parent (id int primary key)",
                "create table child (id int primary key, parent_id int references parent)",
                "create table case24 (id int primary key, n int, s varchar(5))",
                "create table case29 (id int primary key, n numeric, d date, ts timestamp(6),"
                    + " tz timestamptz, t time(6), c char(5), j jsonb, a int[], b bit(8),"
                    + " by bytea, u uuid, i inet, r int4range)",
                "create table case30 (id int primary key, v int)",
                "create table case35 (id int primary key, v int)",
                "insert into case17 select g, 'old' from generate_series(1, 50) g")
            .source(
                settings -> {
                  settings.put("signal.data.collection", "public.signals");
                  settings.put("topic.creation.default.replication.factor", "1");
                  settings.put("topic.creation.default.partitions", "3");
                  // Rows that swap a unique value have to be in one task, and a parent in another
                  // task than its child must not wait for children itself.
                  settings.put("topic.creation.groups", "single");
                  settings.put("topic.creation.single.include", ".*\\.(case22|parent)");
                  settings.put("topic.creation.single.partitions", "1");
                  settings.put("topic.creation.single.replication.factor", "1");
                  settings.put("column.propagate.source.type", ".*");
                })
            .sink(settings -> settings.put("tasks.max", "2"));
    shop.warehouse.execute(
        "create table case22 (id int primary key, u int unique)",
        "create table parent (id int primary key)",
        "create table child (id int primary key, parent_id int references parent)");
    shop.start();
    shop.awaitEqual("case17");
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
    shop.awaitEqual("case9");
  }

  @Test
  void case17AnIncrementalSnapshotBesideChangesRegressesNothing() {
    shop.source.execute(
        "insert into signals values ('one', 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.case17\"], \"type\": \"incremental\"}')",
        "update case17 set v = 'new' where id % 2 = 0",
        "delete from case17 where id % 5 = 0");
    Await.until(
        "rows of the incremental snapshot",
        () ->
            shop.warehouse.number("select count(*) from case17 where _cdc_op = 'r' and v = 'old'")
                < 50);
    shop.awaitEqual("case17");
  }

  @Test
  void case22ASwappedUniqueValueAndAChildBeforeItsParentConverge() {
    shop.source.execute("insert into case22 values (1, 10), (2, 20)");
    shop.awaitEqual("case22");
    shop.source.execute(
        "begin; update case22 set u = 30 - u; commit",
        "begin; insert into parent select g from generate_series(1, 200) g;"
            + " insert into child select g, g from generate_series(1, 200) g; commit");
    shop.awaitEqual("case22");
    shop.awaitEqual("parent");
    shop.awaitEqual("child");
  }

  @Test
  void case24ColumnsAreAddedAndWidened() {
    shop.source.execute("insert into case24 values (1, 1, 'abc')");
    shop.awaitEqual("case24");
    shop.source.execute(
        "alter table case24 add column added text",
        "alter table case24 alter column n type bigint",
        "insert into case24 values (2, 5000000000, 'de', 'new'), (3, 3, 'f', null)");
    shop.awaitEqual("case24");
  }

  @Test
  void case29ExtremeValuesAreExact() {
    shop.source.execute(
        "insert into case29 values (1, 12345678901234567890123456789012345.678, '2024-02-29',"
            + " '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.654321+02', '24:00', 'ab',"
            + " '{\"a\": null}', '{1,null,3}', B'10100001', '\\xdeadbeef',"
            + " 'b68a35a7-17ad-35b3-af2a-ae46edb4545a', '10.0.0.1/8', '[1,5)')",
        "insert into case29 values (2, 0.000000000000000001, '0044-03-15 BC',"
            + " '0044-03-15 01:02:03 BC', '0044-03-15 01:02:03 BC', '00:00:00.000001', '',"
            + " 'null', '{}', B'00000000', '', null, '::1', 'empty')",
        "insert into case29 values (3, null, 'infinity', '-infinity', 'infinity', null, null,"
            + " null, null, null, null, null, null, null)");
    // The source's text form of char(5) drops the padding that the warehouse's text column keeps.
    shop.awaitEqual(
        "case29",
        "id, n::text, d::text, ts::text, tz::text, t::text, c::char(5), j::text, a::text, b::text,"
            + " by::text, u::text, i::text, r::text");
  }

  @Test
  void case30and35SeveralPartitionsAndTasksConverge() {
    for (int round = 0; round < 20; round++) {
      shop.source.execute(
          "insert into case35 select g, "
              + round
              + " from generate_series(1, 200) g"
              + " on conflict (id) do update set v = excluded.v",
          "delete from case35 where id % 7 = " + round % 7,
          "insert into case30 values (" + round + ", 0)",
          "update case30 set v = v + 1");
    }
    shop.awaitEqual("case35");
    shop.awaitEqual("case30");
    assertTrue(
        shop.warehouse.number("select count(*) from _cdc_offsets where topic like '%case35'") > 1);
  }
}
