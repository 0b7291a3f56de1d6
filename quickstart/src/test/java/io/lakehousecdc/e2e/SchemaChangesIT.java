// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of columns dropped and renamed at the source, and of changed keys, on the whole stack. */
class SchemaChangesIT {
  private static Scenario shop;
  private static Replicas keeping;
  private static Replicas nulling;
  private static Replicas dropping;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
            "columns",
            "create table kept (id int primary key, n int, c text)",
            "create table nulled (id int primary key, n int, c text not null)",
            "create table dropped (id int primary key, n int, c text)",
            "create table renamed (id int primary key, a text)",
            "create table overridden (id int primary key, code text not null, v int)",
            "alter table overridden replica identity full",
            "create table generated (id int primary key, n int,"
                + " g int generated always as (n * 2) stored)",
            "insert into generated (id, n) values (1, 2)");
    keeping =
        shop.replicas("keep", shop.name + "\\.public\\.(kept|renamed|overridden)")
            .set("key.columns", "public.overridden:code");
    nulling =
        shop.replicas("null", shop.name + "\\.public\\.nulled")
            .set("schema.dropped.columns", "null");
    dropping =
        shop.replicas("drop", shop.name + "\\.public\\.(dropped|generated)")
            .set("schema.dropped.columns", "drop");
    shop.start();
    dropping.awaitEqual("generated");
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void case24and25AKeptColumnKeepsItsValuesUntilTheSourceHasItAnew() {
    fill(keeping, "kept");
    shop.source.execute("alter table kept drop column c", "update kept set n = 2 where id = 1");
    keeping.awaitRows(
        "kept",
        List.of("id", "n", "c"),
        List.of(List.of("1", "2", "red"), List.of("2", "1", "blue")));
    comesBack(keeping, "kept");
  }

  @Test
  void case24and25ANulledColumnIsEmpty() {
    fill(nulling, "nulled");
    shop.source.execute("alter table nulled drop column c", "update nulled set n = 2 where id = 1");
    nulling.awaitRows(
        "nulled",
        List.of("id", "n", "c"),
        List.of(Arrays.asList("1", "2", null), Arrays.asList("2", "1", null)));
    comesBack(nulling, "nulled");
  }

  @Test
  void case24and25ADroppedColumnIsGone() {
    fill(dropping, "dropped");
    shop.source.execute(
        "alter table dropped drop column c", "update dropped set n = 2 where id = 1");
    dropping.awaitEqual("dropped");
    dropping.each(
        "column c",
        replica ->
            assertThrows(
                RuntimeException.class, () -> replica.warehouse.rows("dropped", List.of("c"))));
    comesBack(dropping, "dropped");
  }

  @Test
  void case24ARenamedColumnIsANewOneBesideTheOld() {
    shop.source.execute("insert into renamed values (1, 'x'), (2, 'y')");
    keeping.awaitEqual("renamed");
    shop.source.execute(
        "alter table renamed rename column a to b", "update renamed set b = 'z' where id = 1");
    // The new column has values in rows changed since; a snapshot fills the others.
    keeping.awaitRows(
        "renamed",
        List.of("id", "a", "b"),
        List.of(List.of("1", "x", "z"), Arrays.asList("2", "y", null)));
  }

  @Test
  void case26AGeneratedColumnIsNotTakenForADroppedOne() {
    shop.source.execute("insert into generated (id, n) values (2, 3)");
    dropping.awaitRows(
        "generated",
        List.of("id", "n", "g"),
        List.of(List.of("1", "2", "4"), Arrays.asList("2", "3", null)));
  }

  @Test
  void aChangedKeyOfKeyColumnsLeavesNoRowBehind() {
    shop.source.execute("insert into overridden values (1, 'a', 1), (2, 'b', 2)");
    keeping.awaitEqual("overridden");
    shop.source.execute(
        "update overridden set code = 'c' where id = 1",
        "begin; update overridden set code = 'd' where id = 2;"
            + " update overridden set code = 'b' where id = 1; commit");
    keeping.awaitEqual("overridden");
  }

  private static void fill(Replicas copies, String table) {
    shop.source.execute("insert into " + table + " values (1, 1, 'red'), (2, 1, 'blue')");
    copies.awaitEqual(table);
  }

  private static void comesBack(Replicas copies, String table) {
    shop.source.execute(
        "alter table " + table + " add column c text",
        "insert into " + table + " values (3, 3, 'green')");
    copies.awaitEqual(table);
  }
}
