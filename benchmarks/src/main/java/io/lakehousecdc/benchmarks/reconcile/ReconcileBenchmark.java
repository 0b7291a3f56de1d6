// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.reconcile;

import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.harness.TaskRun;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.tools.Commands;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The benchmark of {@code reconcile} on equal tables: rows a second that it compares, in this JVM
 * and in a server that source and warehouse share.
 */
public final class ReconcileBenchmark implements Benchmark {
  private static final String ROWS = "rows";
  private static final String TARGETS = "targets";
  private static final String RUNS = "runs";
  private static final String PARALLEL = "parallel";
  private static final int POLL = 500;
  private static final long SNAPSHOT_LSN = 1_000;
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;

  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("customer_id", Schema.INT64_SCHEMA)
          .column("amount", DebeziumTypes.decimal(12, 2).optional().build())
          .column("currency", Schema.STRING_SCHEMA)
          .column("quantity", Schema.INT32_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA)
          .column("status", Schema.STRING_SCHEMA)
          .column("updated_at", DebeziumTypes.microTimestamp().optional().build());

  private static final String TABLE =
      """
      CREATE TABLE orders (id int8 PRIMARY KEY, customer_id int8 NOT NULL, amount numeric(12,2),
        currency text NOT NULL, quantity int4 NOT NULL, note text, status text NOT NULL,
        updated_at timestamp)""";

  /** The same rows as {@link #values}. */
  private static final String FILL =
      """
      INSERT INTO orders SELECT i, i %% 100000, i / 100.0, 'EUR', i %% 100, 'note ' || i, 'open',
        timestamp 'epoch' + (%d + i) * interval '1 microsecond' FROM generate_series(0, %d) AS i""";

  @Override
  public List<Option> options() {
    return List.of(
        new Option(ROWS, "10000000", "rows of the table"),
        new Option(TARGETS, "postgres,delta", "targets that it is compared in"),
        new Option(PARALLEL, "2", "--parallel of the command"),
        new Option(RUNS, "3", "comparisons of each target"));
  }

  @Override
  public void run(Options options) throws Exception {
    int rows = options.number(ROWS);
    Path directory = Files.createTempDirectory("reconcile-benchmark-");
    try (PostgresServer server =
        PostgresServer.builder()
            .setting("shared_buffers", "1GB")
            .setting("max_wal_size", "8GB")
            .start()) {
      PostgresDatabase source = server.createDatabase("shop");
      source.execute(TABLE, FILL.formatted(FIRST_MICROS, rows - 1L), "VACUUM ANALYZE orders");
      for (String target : options.text(TARGETS).split(",")) {
        Map<String, String> sink = sink(target, server, directory);
        fill(sink, rows);
        for (int i = 0; i < options.number(RUNS); i++) {
          compare(target, sink, source, directory, rows, options.text(PARALLEL));
        }
      }
    } finally {
      Directory.delete(directory);
    }
  }

  private static Map<String, String> sink(String target, PostgresServer server, Path directory)
      throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "reconcile");
    settings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    settings.put("topics", ORDERS.topic());
    settings.put("target", target);
    if (target.equals("delta")) {
      settings.put("delta.root", Files.createDirectories(directory.resolve("lake")).toString());
    } else {
      PostgresDatabase warehouse = server.createDatabase("warehouse");
      settings.put("postgres.url", warehouse.jdbcUrl());
      settings.put("postgres.user", warehouse.user());
      settings.put("postgres.password", warehouse.password());
    }
    return settings;
  }

  private static void fill(Map<String, String> sink, int rows) {
    try (TaskRun task = TaskRun.start(sink, new TopicPartition(ORDERS.topic(), 0))) {
      for (int done = 0; done < rows; done += POLL) {
        List<SinkRecord> poll = new ArrayList<>(POLL);
        for (int i = done; i < Math.min(rows, done + POLL); i++) {
          poll.add(ORDERS.snapshot(SNAPSHOT_LSN, values(i)).at(0, i));
        }
        task.put(poll);
      }
      task.finish();
    }
  }

  private static Object[] values(long i) {
    return new Object[] {
      i,
      i % 100_000,
      BigDecimal.valueOf(i, 2),
      "EUR",
      (int) (i % 100),
      "note " + i,
      "open",
      FIRST_MICROS + i
    };
  }

  private static void compare(
      String target,
      Map<String, String> sink,
      PostgresDatabase source,
      Path directory,
      int rows,
      String parallel)
      throws Exception {
    Path file = directory.resolve("sink.json");
    Files.writeString(
        file, new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(sink));
    Path password = Files.writeString(directory.resolve("password"), source.password());
    long start = System.nanoTime();
    int code =
        Commands.run(
            "reconcile",
            "--config",
            file.toString(),
            "--source-url",
            source.jdbcUrl(),
            "--source-user",
            source.user(),
            "--source-password-file",
            password.toString(),
            "--parallel",
            parallel);
    double seconds = (System.nanoTime() - start) / 1e9;
    Result.of("reconcile")
        .with("target", target)
        .with("rows", rows)
        .tenths("seconds", seconds)
        .whole("rows_per_s_of_each_side", rows / seconds)
        .with("equal", code == 0)
        .print();
  }
}
