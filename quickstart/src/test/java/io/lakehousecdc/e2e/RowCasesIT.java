// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of docs/DELIVERY.md that concern single rows, on the whole stack and in all targets.
 * Each test has its own table.
 */
class RowCasesIT {

  /** A random text, which stays large and out of line although PostgreSQL compresses it. */
  private static final String LARGE =
      "(select string_agg(md5(random()::text || g), '') from generate_series(1, 300) g)";

  private static Scenario shop;
  private static Replicas copies;
  private static Replicas soft;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
            "rows",
            "create extension hstore",
            "create table case1 (id int primary key, small text, body text)",
            "create table case2 (id int primary key, small text, body text)",
            "create table case3 (id int primary key, n int, j json, jb jsonb, b bytea, i int[],"
                + " t text[], u uuid[], h hstore)",
            "create table case4 (id int primary key, n int, f float8[], big numeric)",
            "create table case4_full (id int primary key, n int, f float8[], big numeric)",
            "alter table case4_full replica identity full",
            "create table case5 (id int primary key, body text)",
            "create table case6 (id int primary key, body text)",
            "create table case10 (id int primary key, v text)",
            "create table case14 (id int primary key, v text)",
            "create table case16 (id int primary key, n int not null, v text not null)",
            "create table case19 (id int primary key, v text default 'd', n int default 7)",
            "create table case23 (id int primary key, v text)",
            "create table case26 (id int primary key, n int, g int generated always as (n * 2)"
                + " stored)",
            "create table case28 (id int primary key deferrable initially deferred, v text)",
            // PostgreSQL does not accept a deferrable key as replica identity.
            "alter table case28 replica identity full",
            "create table case40 (a text, b int, v text, body text, primary key (a, b))",
            "insert into case1 select 1, 'a', " + LARGE,
            "insert into case3 select 1, 1, to_json(x), to_jsonb(x), x::bytea,"
                + " array(select generate_series(1, 3000)),"
                + " array(select md5(g::text) from generate_series(1, 300) g),"
                + " array(select md5(g::text)::uuid from generate_series(1, 300) g),"
                + " (select hstore(array_agg(md5(g::text)), array_agg(md5(g::text)))"
                + " from generate_series(1, 300) g)"
                + " from (select "
                + LARGE
                + " as x) s",
            "insert into case4 select 1, 1, array(select random() from generate_series(1, 2000)),"
                + " (select string_agg(trunc(random() * 9 + 1)::text, '')"
                + " from generate_series(1, 30000))::numeric",
            "insert into case4_full select * from case4",
            "insert into case5 select 1, " + LARGE,
            "insert into case6 select g, g || " + LARGE + " from generate_series(1, 3) g",
            "insert into case14 values (1, 'a'), (2, 'b')",
            "insert into case16 values (1, 7, 'real')",
            "insert into case19 values (1, 'a', 1)",
            "insert into case26 (id, n) values (1, 2)",
            "insert into case28 select g, 'v' || g from generate_series(1, 5) g",
            "insert into case40 select 'it''s, \"odd\"', 1, 'a', " + LARGE);
    copies = shop.replicas("copies").withVersions();
    soft = shop.replicas("soft", shop.name + "\\.public\\.case1[46]").set("delete.mode", "soft");
    shop.start();
    copies.awaitEqual(
        "case1",
        "case3",
        "case4",
        "case4_full",
        "case5",
        "case6",
        "case14",
        "case16",
        "case19",
        "case26",
        "case28",
        "case40");
    soft.awaitEqual("case14", "case16");
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void case1AnUnchangedToastValueIsKept() {
    shop.source.execute("update case1 set small = 'b'");
    copies.awaitEqual("case1");
  }

  @Test
  void case2AnInsertAndAnUpdateInOneBatchKeepTheFullValue() {
    shop.source.execute(
        "begin; insert into case2 select 1, 'a', "
            + LARGE
            + "; update case2 set small = 'b'; commit");
    copies.awaitEqual("case2");
  }

  @Test
  void case3EveryFormOfThePlaceholderIsRecognised() {
    shop.source.execute("update case3 set n = 2");
    copies.awaitEqual("case3");
  }

  @Test
  void case4UnchangedValuesWithoutAPlaceholderAreWarnedOfWithTheRemedy() {
    shop.source.execute("update case4 set n = 2");
    copies.each(
        "case4",
        replica -> {
          replica.awaitLogged("case4", "column f:", "REPLICA IDENTITY FULL");
          replica.awaitLogged("case4", "column big:", "ReselectColumnsPostProcessor");
        });
  }

  @Test
  void case4UnchangedValuesAreKeptUnderReplicaIdentityFull() {
    shop.source.execute("update case4_full set n = 2");
    copies.awaitEqual("case4_full");
    copies.each(
        "case4_full",
        replica -> assertFalse(replica.logged().contains("Table public.case4_full, column")));
  }

  @Test
  void case5AnExplicitNullOnAToastColumnIsNull() {
    shop.source.execute("update case5 set body = null");
    copies.awaitEqual("case5");
  }

  @Test
  void case6AChangedKeyTakesItsUnchangedToastValueAlong() {
    shop.source.execute("update case6 set id = 4 where id = 1");
    copies.awaitEqual("case6");
  }

  @Test
  void case6RowsThatSwapTheirKeysTakeTheirUnchangedToastValuesAlong() {
    shop.source.execute(
        "begin; update case6 set id = -2 where id = 2; update case6 set id = 2 where id = 3;"
            + " update case6 set id = 3 where id = -2; commit");
    copies.awaitEqual("case6");
  }

  @Test
  void case10ARowDeletedAndInsertedInOneTransactionIsThere() {
    shop.source.execute("insert into case10 values (1, 'a')");
    copies.awaitEqual("case10");
    shop.source.execute("begin; delete from case10; insert into case10 values (1, 'b'); commit");
    copies.awaitEqual("case10");
  }

  @Test
  void case14ATruncateRemovesOrMarksTheRows() {
    shop.source.execute("truncate case14");
    copies.awaitEqual("case14");
    soft.awaitRows(
        "case14",
        List.of("id", "v", "_cdc_deleted"),
        List.of(List.of("1", "a", "true"), List.of("2", "b", "true")));
  }

  @Test
  void case16ADeleteWithFabricatedValuesIsByKeyAndASoftOneKeepsTheRealValues() {
    shop.source.execute("delete from case16");
    copies.awaitEqual("case16");
    soft.awaitRows(
        "case16",
        List.of("id", "n", "v", "_cdc_deleted"),
        List.of(List.of("1", "7", "real", "true")));
  }

  @Test
  void case19AnExplicitNullInAColumnWithADefaultIsNull() {
    shop.source.execute("update case19 set v = null, n = null");
    copies.awaitRows("case19", List.of("id", "v", "n"), List.of(Arrays.asList("1", null, null)));
  }

  @Test
  void case23ACopyOfOneLsnArrivesWhole() {
    shop.source.execute("copy case23 (id) from program 'seq 1 1000'");
    copies.awaitEqual("case23");
  }

  @Test
  void case26AGeneratedColumnIsNotNulledByStreamedChanges() {
    shop.source.execute(
        "insert into case26 (id, n) values (2, 5)", "update case26 set n = 2 where id = 1");
    copies.awaitEqual("case26", List.of("id", "n"));
    copies.each(
        "case26",
        replica ->
            replica.assertRows(
                "case26",
                List.of("id", "g"),
                List.of(List.of("1", "4"), Arrays.asList("2", null))));
  }

  @Test
  void case28KeysThatShiftWithinATransactionLoseNoRow() {
    shop.source.execute("update case28 set id = id + 1");
    copies.awaitEqual("case28");
    shop.source.execute(
        "begin; insert into case28 values (1, 'new'); update case28 set id = id + 1;"
            + " update case28 set id = 9 - id, v = v || '!'; commit");
    copies.awaitEqual("case28");
  }

  @Test
  void case40AKeyChangeWithTheDefaultHeaderConverterMovesTheRow() {
    shop.source.execute("update case40 set a = 'true', b = 2");
    copies.awaitEqual("case40");
  }
}
