// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Median;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postgresql.PGConnection;

/**
 * The comparison of ways to bring the rows of a commit to the server, by what a session costs that
 * writes many tables, one in each commit, and by the throughput of one table.
 */
final class Staging {
  private static final int WARM_UP = 10;
  private static final int COMMITS = 40;

  private static final String COLUMNS =
      "id bigint, name text%1$s, amount numeric%1$s, at timestamptz, note text%1$s";

  private static final String UPSERT =
      "insert into orders_%d select * from %s on conflict (id) do update set"
          + " (name, amount, at, note) ="
          + " row(excluded.name, excluded.amount, excluded.at, excluded.note)";

  /** Where rows are put before they are merged. */
  private enum Way {
    /** A temporary table per table, emptied at each commit. */
    TABLE_EACH,
    /** The same, without TOAST tables: what the sink does. */
    WITHOUT_TOAST,
    /** One such table for all tables of equal columns. */
    SHARED,
    /** One of these without a TOAST table. */
    SHARED_WITHOUT_TOAST,
    /** None: the statement's parameters are arrays. */
    ARRAYS;

    private boolean isShared() {
      return this == SHARED || this == SHARED_WITHOUT_TOAST;
    }

    private String storage() {
      return this == WITHOUT_TOAST || this == SHARED_WITHOUT_TOAST ? " storage plain" : "";
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final PostgresServer server;

  Staging(PostgresServer server) {
    this.server = server;
  }

  /** Measures, and prints a line for each way, number of tables and number of rows. */
  void measure(int manyTables) throws SQLException, IOException {
    for (Way way : Way.values()) {
      for (int tables : new int[] {1, manyTables}) {
        for (int rows : new int[] {100, 20_000}) {
          measure(way, tables, rows);
        }
      }
    }
  }

  private void measure(Way way, int tables, int rows) throws SQLException, IOException {
    String name = "staging";
    PostgresDatabase database = server.createDatabase(name);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "set jit = off; set enable_hashjoin = off; set enable_mergejoin = off;"
              + " set temp_buffers = '64MB'; set work_mem = '64MB'");
      for (int i = 0; i < tables; i++) {
        statement.execute(
            "create table orders_%d (%s, primary key (id))".formatted(i, COLUMNS.formatted("")));
        if (way != Way.ARRAYS && (i == 0 || !way.isShared())) {
          statement.execute(
              "create temporary table staging_%d (%s) on commit delete rows"
                  .formatted(i, COLUMNS.formatted(way.storage())));
        }
      }
      connection.setAutoCommit(false);
      List<Double> millis = new ArrayList<>();
      for (int commit = 0; commit < WARM_UP + COMMITS; commit++) {
        long start = System.nanoTime();
        write(way, connection, commit % tables, rows);
        connection.commit();
        if (commit >= WARM_UP) {
          millis.add((System.nanoTime() - start) / 1e6);
        }
      }
      double median = Median.of(millis);
      Result.of("postgres-staging")
          .with("way", way)
          .with("tables", tables)
          .with("rows", rows)
          .with("ms_per_commit", String.format(Locale.ROOT, "%.1f", median))
          .whole("rows_per_s", rows / median * 1000)
          .print();
    } finally {
      server.execute("drop database %s with (force)".formatted(name));
    }
  }

  private static void write(Way way, Connection connection, int table, int rows)
      throws SQLException, IOException {
    if (way == Way.ARRAYS) {
      arrays(connection, table, rows);
      return;
    }
    String staging = "staging_" + (way.isShared() ? 0 : table);
    StringBuilder text = new StringBuilder();
    for (int id = 0; id < rows; id++) {
      text.append(id).append("\tname ").append(id).append("\t12.50\t2026-01-01 00:00:00Z\t");
      text.append("a note that says what most notes say\n");
    }
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy %s from stdin".formatted(staging), new StringReader(text.toString()));
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT.formatted(table, staging))) {
      upsert.execute();
    }
  }

  private static void arrays(Connection connection, int table, int rows) throws SQLException {
    Long[] ids = new Long[rows];
    String[] names = new String[rows];
    String[] amounts = new String[rows];
    String[] times = new String[rows];
    String[] notes = new String[rows];
    for (int id = 0; id < rows; id++) {
      ids[id] = (long) id;
      names[id] = "name " + id;
      amounts[id] = "12.50";
      times[id] = "2026-01-01 00:00:00Z";
      notes[id] = "a note that says what most notes say";
    }
    String source =
        "unnest(?::bigint[], ?::text[], ?::numeric[], ?::timestamptz[], ?::text[]) as s";
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT.formatted(table, source))) {
      upsert.setArray(1, connection.createArrayOf("bigint", ids));
      upsert.setArray(2, connection.createArrayOf("text", names));
      upsert.setArray(3, connection.createArrayOf("numeric", amounts));
      upsert.setArray(4, connection.createArrayOf("timestamptz", times));
      upsert.setArray(5, connection.createArrayOf("text", notes));
      upsert.execute();
    }
  }
}
