// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;

/**
 * The shop's tables in a PostgreSQL database.
 *
 * @param name name for messages
 */
public record PostgresTables(String name, PostgresDatabase database) implements Warehouse {
  /** The tables that the database has now, by name, as the shop's catalogue describes them. */
  public List<ShopTable> catalogue() {
    return database
        .rows("select tablename from pg_tables where schemaname = 'public' order by tablename")
        .stream()
        .map(row -> (String) row.get(0))
        .map(table -> new ShopTable(table, columns(table)))
        .toList();
  }

  @Override
  public long count(ShopTable table) {
    return exists(table) ? database.number("select count(*) from public." + table.name()) : 0;
  }

  @Override
  public boolean contains(ShopTable table, long key) {
    return exists(table)
        && database.number(
                "select count(*) from public.%s where id = %d".formatted(table.name(), key))
            > 0;
  }

  private boolean exists(ShopTable table) {
    return database.number(
            "select count(*) from pg_tables where schemaname = 'public' and tablename = '%s'"
                .formatted(table.name()))
        > 0;
  }

  private List<ShopTable.Column> columns(String table) {
    return database
        .rows(
            """
            select attname, format_type(atttypid, atttypmod)
            from pg_attribute
            where attrelid = to_regclass('public.%s') and attnum > 0 and not attisdropped
            order by attnum
            """
                .formatted(table))
        .stream()
        .map(row -> new ShopTable.Column((String) row.get(0), (String) row.get(1)))
        .toList();
  }
}
