// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.harness.TaskRun;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The measurement of a task that writes many tables, but one in each commit: what the others cost
 * it. The commits hold updates, which are staged.
 */
final class ManyTables {
  private static final String TOPIC = "json.public.many";
  private static final int ROWS = 100;
  private static final int COMMITS = 300;

  private final PostgresServer server;
  private long offset;

  ManyTables(PostgresServer server) {
    this.server = server;
  }

  /** Measures one table and as many as given, and prints a line for each. */
  void measure(int manyTables) {
    for (int tables : new int[] {1, manyTables}) {
      String name = "many";
      PostgresDatabase database = server.createDatabase(name);
      try {
        print(tables, millis(database, tables) / COMMITS);
      } finally {
        server.execute("drop database %s with (force)".formatted(name));
      }
    }
  }

  private static void print(int tables, double millis) {
    Result.of("postgres-many-tables")
        .with("tables", tables)
        .with("rows", ROWS)
        .with("ms_per_commit", String.format(Locale.ROOT, "%.1f", millis))
        .print();
  }

  private double millis(PostgresDatabase database, int tables) {
    Map<String, String> configuration = Wire.JSON.postgresSink();
    configuration.put("name", "many-tables");
    configuration.put("topics.regex", TOPIC.replace(".", "\\."));
    configuration.put("flush.max.records", "" + ROWS);
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    offset = 0;
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    try (TaskRun task = TaskRun.start(configuration, partition)) {
      for (int round = 0; round < 2; round++) {
        for (int table = 0; table < tables; table++) {
          task.put(updates(table));
        }
      }
    }
    List<List<SinkRecord>> commits = new ArrayList<>();
    for (int commit = 0; commit < COMMITS + tables; commit++) {
      commits.add(updates(commit % tables));
    }
    long start;
    try (TaskRun task = TaskRun.start(configuration, partition)) {
      // A session of its own creates its staging tables first.
      commits.subList(0, tables).forEach(task::put);
      start = System.nanoTime();
      commits.subList(tables, commits.size()).forEach(task::put);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private List<SinkRecord> updates(int table) {
    DebeziumTable source =
        DebeziumRecords.table("public", "many_" + table)
            .key("id", Schema.INT64_SCHEMA)
            .column("name", Schema.OPTIONAL_STRING_SCHEMA)
            .column("amount", Schema.OPTIONAL_FLOAT64_SCHEMA);
    List<SinkRecord> records = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      records.add(
          source.update(offset + 1, offset + 1, id, "name " + offset, 1.5).at(TOPIC, 0, offset));
      offset++;
    }
    return records;
  }
}
