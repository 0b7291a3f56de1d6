// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A warehouse in a PostgreSQL database of its own. */
record PostgresWarehouse(PostgresDatabase database) implements Warehouse {
  static PostgresWarehouse create(String name) {
    return new PostgresWarehouse(Lab.stack().target().createDatabase(name));
  }

  @Override
  public String kind() {
    return "postgres";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "target", "postgres",
        "postgres.url", database.jdbcUrl(),
        "postgres.user", database.user(),
        "postgres.password", database.password());
  }

  @Override
  public boolean has(String table) {
    return database.value("select to_regclass('public.%s')::text".formatted(table)) != null;
  }

  @Override
  public List<List<String>> rows(String table, List<String> columns) {
    String texts =
        columns.stream().map("\"%s\"::text"::formatted).collect(Collectors.joining(", "));
    return Texts.of(database.rows("select %s from public.%s".formatted(texts, table)));
  }
}
