package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What single rows go through at the source, on the whole stack. Each test has its own table. */
class RowCasesIT {
  private static final String LARGE = "repeat(md5(random()::text), 300)";
  private static Scenario shop;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
                "rows",
                "create table case1 (id int primary key, small text, body text)",
                "create table case2 (id int primary key, small text, body text)",
                "create table case3 (id int primary key, n int, j json, jb jsonb, b bytea,"
                    + " i int[], t text[], u uuid[])",
                "create table case5 (id int primary key, body text)",
                "create table case6 (id int primary key, body text)",
                "create table case10 (id int primary key, v text)",
                "create table case15 (id int primary key, v text)",
                "create table case16 (id int primary key, n int not null, v text not null)",
                "create table case23 (id int primary key, v text)",
                "create table case26 (id int primary key, n int, g int generated always as (n * 2)"
                    + " stored)",
                "insert into case1 select 1, 'a', " + LARGE,
                "insert into case3 select 1, 1, to_json(x), to_jsonb(x), x::bytea,"
                    + " array(select generate_series(1, 3000)),"
                    + " array(select md5(g::text) from generate_series(1, 300) g),"
                    + " array(select md5(g::text)::uuid from generate_series(1, 300) g)"
                    + " from (select "
                    + LARGE
                    + " as x) s",
                "insert into case5 select 1, " + LARGE,
                "insert into case6 select 1, " + LARGE,
                "insert into case16 values (1, 7, 'real')",
                "insert into case26 (id, n) values (1, 2)")
            .start();
    for (String table : new String[] {"case1", "case3", "case5", "case6", "case16", "case26"}) {
      shop.awaitEqual(table);
    }
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void case1AnUnchangedToastValueIsKept() {
    shop.source.execute("update case1 set small = 'b'");
    shop.awaitEqual("case1");
  }

  @Test
  void case2AnInsertAndAnUpdateInOneBatchKeepTheFullValue() {
    shop.source.execute(
        "begin; insert into case2 select 1, 'a', "
            + LARGE
            + "; update case2 set small = 'b'; commit");
    shop.awaitEqual("case2");
  }

  @Test
  void case3EveryFormOfThePlaceholderIsRecognised() {
    shop.source.execute("update case3 set n = 2");
    shop.awaitEqual("case3");
  }

  @Test
  void case5AnExplicitNullOnAToastColumnIsNull() {
    shop.source.execute("update case5 set body = null");
    shop.awaitEqual("case5");
  }

  @Test
  void case6AChangedKeyTakesItsUnchangedToastValueAlong() {
    shop.source.execute("update case6 set id = 2");
    shop.awaitEqual("case6");
  }

  @Test
  void case10ARowDeletedAndInsertedInOneTransactionIsThere() {
    shop.source.execute("insert into case10 values (1, 'a')");
    shop.awaitEqual("case10");
    shop.source.execute("begin; delete from case10; insert into case10 values (1, 'b'); commit");
    shop.awaitEqual("case10");
  }

  @Test
  void case14and15OnlyRowsWrittenAfterATruncateStay() {
    shop.source.execute("insert into case15 select g, 'before' from generate_series(1, 100) g");
    shop.awaitEqual("case15");
    shop.source.execute(
        "truncate case15", "insert into case15 select g, 'after' from generate_series(50, 60) g");
    shop.awaitEqual("case15");
  }

  @Test
  void case16ADeleteWithFabricatedValuesIsByKey() {
    shop.source.execute("delete from case16");
    shop.awaitCount("case16", 0);
  }

  @Test
  void case23ACopyOfOneLsnArrivesWhole() {
    shop.source.execute("insert into case23 select g, 'v' || g from generate_series(1, 1000) g");
    shop.awaitEqual("case23");
    assertEquals(1000, shop.warehouse.number("select count(*) from case23"));
  }

  @Test
  void case26AGeneratedColumnIsNotNulledByStreamedChanges() {
    shop.source.execute(
        "insert into case26 (id, n) values (2, 5)", "update case26 set n = 2 where id = 1");
    shop.awaitEqual("case26", "id, n");
    assertEquals(4L, shop.warehouse.number("select g from case26 where id = 1"));
  }
}
