// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.PostgresFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Warnings of constraints over rows that several tasks may write. */
class SharedConstraintsIT extends PostgresFixture {
  private static final Set<String> ID = Set.of("id");
  private final List<String> warnings = new ArrayList<>();

  @Test
  void sharedConstraintsBeyondTheKeyAreWarnedOfOnce() throws SQLException {
    database.execute(
        "create table items (id int primary key, email text unique, code text,"
            + " nick text unique deferrable)",
        "create unique index code_of_some on items (lower(code)) where id > 5");
    lookTwice(new SharedConstraints(2, warnings::add));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings.get(0).contains("public.items")
            && warnings.get(0).contains("[code_of_some, items_email_key, items_nick_key]")
            && warnings.get(0).contains("tasks.max=1"),
        warnings.get(0));
  }

  @Test
  void anOnlyTaskIsNotWarned() throws SQLException {
    database.execute("create table items (id int primary key, email text unique)");
    lookTwice(new SharedConstraints(1, warnings::add));
    assertEquals(List.of(), warnings);
  }

  @Test
  void uniqueIndexesThatHoldTheKeyAreNotWarnedOf() throws SQLException {
    database.execute("create table items (id int primary key, v text, unique (v, id))");
    lookTwice(new SharedConstraints(2, warnings::add));
    assertEquals(List.of(), warnings);
  }

  @Test
  void aForeignKeyIsWarnedOfOnce() throws SQLException {
    database.execute(
        "create table owners (id int primary key)",
        "create table items (id int primary key, owner int references owners)");
    lookTwice(new SharedConstraints(2, warnings::add));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings.get(0).contains("public.items") && warnings.get(0).contains("foreign key"),
        warnings.get(0));
  }

  @Test
  void aCascadeIsWarnedOfOnceWhateverTheTasks() throws SQLException {
    database.execute(
        "create table owners (id int primary key)",
        "create table items (id int primary key, owner int references owners on delete cascade)");
    lookTwice(new SharedConstraints(1, warnings::add));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings.get(0).contains("public.items") && warnings.get(0).contains("ON DELETE CASCADE"),
        warnings.get(0));
  }

  private void lookTwice(SharedConstraints values) throws SQLException {
    try (Connection connection = database.connect()) {
      Catalog catalog = new Catalog(connection);
      PgTable table = catalog.table(ITEMS).orElseThrow();
      values.look(table, ID, catalog);
      values.look(table, ID, catalog);
    }
  }
}
