// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.testkit.PostgresDatabase;

/** The table of nine columns that all benchmarks load: {@code public.orders}. */
public final class Orders {
  /** The columns in their order at the source. */
  public static final String COLUMNS =
      "id, customer_id, status, amount, currency, quantity, note, created_at, updated_at";

  /** The row that is inserted last: where it is visible, everything before it is applied. */
  public static final long LAST_ID = 0;

  private static final String ROW =
      """
      1 + %1$s %% 50000, 'new', (%1$s %% 100000)::numeric / 100, 'EUR', 1 + (%1$s %% 9)::int,
      'order ' || md5(%1$s::text), timestamptz '2025-01-01' + %1$s * interval '1 second', now()\
      """;

  private Orders() {}

  /** Creates the table with rows 1 to {@code rows}. */
  public static void create(PostgresDatabase database, int rows) {
    database.execute(
        """
        create table orders (
          id bigint primary key,
          customer_id bigint not null,
          status varchar(20) not null,
          amount numeric(12,2) not null,
          currency char(3) not null,
          quantity int not null,
          note text,
          created_at timestamptz not null,
          updated_at timestamptz not null)""",
        "insert into orders select g, %s from generate_series(1, %d) g"
            .formatted(ROW.formatted("g"), rows),
        "vacuum analyze orders");
  }

  /**
   * Changes random rows in transactions of ten: 75 % updates, 15 % inserts, 10 % deletes, the same
   * in every run.
   */
  public static void change(PostgresDatabase database, int changes) {
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
            if draw < 0.15 then
              last_id := last_id + 1;
              insert into orders select last_id, %s;
            else
              loop
                chosen := 1 + floor(random() * last_id);
                if draw < 0.25 then
                  delete from orders where id = chosen;
                else
                  update orders
                  set status = 'state ' || change %% 7, amount = amount + 1,
                      quantity = quantity + 1, updated_at = clock_timestamp()
                  where id = chosen;
                end if;
                exit when found;
              end loop;
            end if;
            if change %% 10 = 0 then
              commit;
            end if;
          end loop;
        end $$"""
            .formatted(changes, ROW.formatted("last_id")));
  }

  /** Inserts the row {@link #LAST_ID}. */
  public static void finish(PostgresDatabase database) {
    database.execute("insert into orders select %d, %s".formatted(LAST_ID, ROW.formatted("1")));
  }

  /** How many deletes {@link #change} has made: each is followed by a tombstone in the topic. */
  public static long deletes(PostgresDatabase database) {
    return database.number("select max(id) - count(*) from orders where id > 0");
  }

  /** Number of rows and a checksum of all their values; equal for equal tables. */
  public static String fingerprint(PostgresDatabase database) {
    return (String)
        database.value(
            """
            select count(*) || ':' || coalesce(sum(hashtextextended(row(id, customer_id, status,
              amount, currency, quantity, note, extract(epoch from created_at),
              extract(epoch from updated_at))::text, 0)), 0)
            from orders""");
  }
}
