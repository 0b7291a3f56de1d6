// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.measure.ProcessorTime;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The baseline: the least that any sink has to do with a batch in PostgreSQL. It copies the batch
 * into a temporary table, merges that, deletes by key and commits, without decoding, encoding,
 * order guard and offsets.
 */
final class PlainSql {
  private static final int CHUNK_BYTES = 1 << 16;

  private final Connection connection;
  private final String merge;

  private PlainSql(Connection connection, List<String> columns) {
    this.connection = connection;
    this.merge =
        "merge into orders t using staging s on t.id = s.id when matched then update set "
            + columns.stream()
                .filter(column -> !column.equals("id"))
                .map(column -> column + " = s." + column)
                .collect(Collectors.joining(", "))
            + " when not matched then insert (%s) values (%s)"
                .formatted(
                    String.join(", ", columns),
                    columns.stream()
                        .map(column -> "s." + column)
                        .collect(Collectors.joining(", ")));
  }

  /**
   * What writing took.
   *
   * @param seconds from the first row to the last commit
   * @param serverCpuSeconds processor time of the server's processes
   * @param clientCpuSeconds processor time of the writing thread
   */
  record Taken(double seconds, double serverCpuSeconds, double clientCpuSeconds) {
    double cpuSeconds() {
      return serverCpuSeconds + clientCpuSeconds;
    }
  }

  /** Writes batches into the table {@code orders}, each in a transaction. */
  static Taken write(PostgresDatabase database, List<EncodedBatch> batches) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      List<String> columns =
          database
              .rows(
                  "select column_name from information_schema.columns where table_name = 'orders'"
                      + " order by ordinal_position")
              .stream()
              .map(row -> (String) row.get(0))
              .toList();
      // Without statistics of the new staging table the planner would guess the plan.
      statement.execute(
          "set jit = off; set enable_hashjoin = off; set enable_mergejoin = off;"
              + " set enable_seqscan = off; set enable_bitmapscan = off");
      statement.execute("create temporary table staging (like orders) on commit delete rows");
      connection.setAutoCommit(false);
      PlainSql plain = new PlainSql(connection, columns);
      Clock clock = new Clock(connection);
      for (EncodedBatch batch : batches) {
        plain.write(batch);
      }
      return clock.taken();
    }
  }

  /**
   * Copies rows into the table {@code orders}, which is empty, in one transaction.
   *
   * @param rows as COPY BINARY takes them
   */
  static Taken load(PostgresDatabase database, byte[] rows) throws SQLException {
    try (Connection connection = database.connect()) {
      Clock clock = new Clock(connection);
      CopyIn copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("copy orders from stdin (format binary)");
      for (int from = 0; from < rows.length; from += CHUNK_BYTES) {
        copy.writeToCopy(rows, from, Math.min(CHUNK_BYTES, rows.length - from));
      }
      copy.endCopy();
      return clock.taken();
    }
  }

  /** Counts from now on, for this thread and the server that a session belongs to. */
  private static final class Clock {
    private final Connection connection;
    private final double server;
    private final double client;
    private final long start = System.nanoTime();

    Clock(Connection connection) throws SQLException {
      this.connection = connection;
      this.server = serverSeconds();
      this.client = clientSeconds();
    }

    Taken taken() throws SQLException {
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Taken(seconds, serverSeconds() - server, clientSeconds() - client);
    }

    private double serverSeconds() throws SQLException {
      long backend = connection.unwrap(PGConnection.class).getBackendPID();
      return ProcessHandle.of(backend)
          .flatMap(ProcessHandle::parent)
          .map(postmaster -> ProcessorTime.ofTree(postmaster.pid()))
          .orElse(0.0);
    }

    private static double clientSeconds() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }
  }

  private void write(EncodedBatch batch) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy staging from stdin (format binary)");
    copy.writeToCopy(batch.rows(), 0, batch.rows().length);
    copy.endCopy();
    try (Statement statement = connection.createStatement();
        PreparedStatement delete =
            connection.prepareStatement("delete from orders where id = any (?)")) {
      statement.execute(merge);
      delete.setArray(1, connection.createArrayOf("bigint", batch.deleted().toArray()));
      delete.execute();
    }
    connection.commit();
  }
}
