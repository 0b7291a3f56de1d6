// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the table {@code public.orders} that benchmarks load looks like, and how it changes. */
public enum Shape {
  /** Nine columns of the usual types. */
  ORDERS(ordersColumns(), Changes.MIXED),
  /** A hundred columns, of which an update changes ten. */
  WIDE(wideColumns(), Changes.MIXED),
  /** A key, a number and a time. */
  SMALL(smallColumns(), Changes.MIXED),
  /** The columns of {@link #ORDERS}; updates only, of a thousand keys. */
  HOT(ordersColumns(), Changes.HOT_UPDATES);

  /** The row that is inserted last: where it is visible, everything before it is applied. */
  public static final long LAST_ID = 0;

  private static final int WIDE_COLUMNS = 100;

  /**
   * A column.
   *
   * @param value SQL of its first value, in which {@code $} stands for the key
   * @param update SQL of its value after an update; null if updates leave it alone
   */
  private record Column(String name, String type, String value, String update) {}

  /** Which rows change. */
  private enum Changes {
    /** 75 % updates, 15 % inserts, 10 % deletes of random rows. */
    MIXED("1 + floor(random() * last_id)", 0.15, 0.25),
    /** Updates of the first thousand rows. */
    HOT_UPDATES("1 + floor(random() * least(last_id, 1000))", 0, 0);

    private final String chosen;
    private final double insertsBelow;
    private final double deletesBelow;

    Changes(String chosen, double insertsBelow, double deletesBelow) {
      this.chosen = chosen;
      this.insertsBelow = insertsBelow;
      this.deletesBelow = deletesBelow;
    }
  }

  private final List<Column> columns;
  private final Changes changes;

  Shape(List<Column> columns, Changes changes) {
    this.columns = columns;
    this.changes = changes;
  }

  private static List<Column> ordersColumns() {
    return List.of(
        new Column("id", "bigint primary key", "$", null),
        new Column("customer_id", "bigint not null", "1 + $ % 50000", null),
        new Column("status", "varchar(20) not null", "'new'", "'state ' || change % 7"),
        new Column("amount", "numeric(12,2) not null", "($ % 100000)::numeric / 100", "amount + 1"),
        new Column("currency", "char(3) not null", "'EUR'", null),
        new Column("quantity", "int not null", "1 + ($ % 9)::int", "quantity + 1"),
        new Column("note", "text", "'order ' || md5($::text)", null),
        new Column(
            "created_at",
            "timestamptz not null",
            "timestamptz '2025-01-01' + $ * interval '1 second'",
            null),
        new Column("updated_at", "timestamptz not null", "now()", "clock_timestamp()"));
  }

  private static List<Column> wideColumns() {
    List<Column> columns = new ArrayList<>(ordersColumns());
    for (int i = columns.size(); i < WIDE_COLUMNS; i++) {
      String name = "more_" + i;
      columns.add(
          switch (i % 5) {
            case 0 -> new Column(name, "bigint", "$ * " + i, i < 40 ? name + " + 1" : null);
            case 1 -> new Column(name, "text", "'value ' || $ % " + i, null);
            case 2 -> new Column(name, "numeric(14,4)", "($ % 1000)::numeric / " + i, null);
            case 3 -> new Column(name, "timestamp", "timestamp '2025-01-01'", null);
            default -> new Column(name, "boolean", "$ % 2 = 0", null);
          });
    }
    return List.copyOf(columns);
  }

  private static List<Column> smallColumns() {
    return ordersColumns().stream()
        .filter(column -> List.of("id", "quantity", "updated_at").contains(column.name()))
        .toList();
  }

  /** As on the command line and in results. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of the columns in their order at the source. */
  public List<String> columns() {
    return columns.stream().map(Column::name).toList();
  }

  /** Creates the table with rows 1 to {@code rows}. */
  public void create(PostgresDatabase database, int rows) {
    database.execute(
        "create table orders (%s)"
            .formatted(joined(column -> Stream.of(column.name() + " " + column.type()))),
        "insert into orders select %s from generate_series(1, %d) g".formatted(row("g"), rows),
        "vacuum analyze orders");
  }

  /** Changes random rows in transactions of ten, the same in every run. */
  public void change(PostgresDatabase database, int count) {
    database.execute(
        """
        do $$
        declare
          last_id bigint := (select max(id) from orders);
          draw double precision;
          chosen bigint;
        begin
          perform setseed(0.42);
          for change in 1..%d loop
            draw := random();
            if draw < %s then
              last_id := last_id + 1;
              insert into orders select %s;
            else
              loop
                chosen := %s;
                if draw < %s then
                  delete from orders where id = chosen;
                else
                  update orders set %s where id = chosen;
                end if;
                exit when found;
              end loop;
            end if;
            if change %% 10 = 0 then
              commit;
            end if;
          end loop;
        end $$"""
            .formatted(
                count,
                changes.insertsBelow,
                row("last_id"),
                changes.chosen,
                changes.deletesBelow,
                joined(
                    column ->
                        Stream.ofNullable(column.update())
                            .map(update -> column.name() + " = " + update))));
  }

  /** Inserts the row {@link #LAST_ID}. */
  public void finish(PostgresDatabase database) {
    String last = row("1").replaceFirst("1", Long.toString(LAST_ID));
    database.execute("insert into orders select " + last);
  }

  /** How many deletes {@link #change} has made: each is followed by a tombstone in the topic. */
  public long deletes(PostgresDatabase database) {
    return database.number("select max(id) - count(*) from orders where id > 0");
  }

  /** Number of rows and a checksum of all their values; equal for equal tables. */
  public String fingerprint(PostgresDatabase database) {
    String values =
        joined(
            column ->
                Stream.of(
                    column.type().startsWith("timestamp")
                        ? "extract(epoch from %s)".formatted(column.name())
                        : column.name()));
    return (String)
        database.value(
            "select count(*) || ':' || coalesce(sum(hashtextextended(row(%s)::text, 0)), 0) from orders"
                .formatted(values));
  }

  private String row(String key) {
    return joined(column -> Stream.of(column.value().replace("$", key)));
  }

  private String joined(Function<Column, Stream<String>> text) {
    return columns.stream().flatMap(text).collect(Collectors.joining(", "));
  }
}
