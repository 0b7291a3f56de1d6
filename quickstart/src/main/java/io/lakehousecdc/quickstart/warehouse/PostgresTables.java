// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;
import java.util.stream.Collectors;

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

  @Override
  public RowCursor rows(ShopTable table) {
    List<String> present = columns(table.name()).stream().map(ShopTable.Column::name).toList();
    List<String> missing =
        table.columns().stream()
            .map(ShopTable.Column::name)
            .filter(column -> !present.contains(column))
            .toList();
    if (!missing.isEmpty()) {
      throw new DemoFailure(
          present.isEmpty()
              ? "%s has no table public.%s".formatted(name, table.name())
              : "%s lacks the columns %s of public.%s".formatted(name, missing, table.name()));
    }
    String cells =
        table.columns().stream().map(PostgresTables::asText).collect(Collectors.joining(", "));
    return PostgresCursor.open(
        database, "select t.id, %s from public.%s t order by t.id".formatted(cells, table.name()));
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

  /** A JSON document may be kept as text, in which white space and the order of keys may differ. */
  private static String asText(ShopTable.Column column) {
    String value = "\"%s\"".formatted(column.name());
    return column.type().equals("jsonb") ? value + "::jsonb::text" : value + "::text";
  }
}
