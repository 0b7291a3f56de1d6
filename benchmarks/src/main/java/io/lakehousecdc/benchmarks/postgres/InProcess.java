// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.harness.TaskRun;
import io.lakehousecdc.benchmarks.load.RecordedTopic;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.Median;
import io.lakehousecdc.benchmarks.measure.ProcessorTime;
import io.lakehousecdc.sink.postgres.PostgresTargetFactory;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.postgresql.PGConnection;

/**
 * The in-process benchmark: the sink's whole write path in this JVM, from the records that a worker
 * would pass to the last commit, compared with {@link PlainSql}, which writes the same changes
 * merged per key and encoded beforehand. Both begin with the same table, which holds the snapshot.
 */
final class InProcess {
  /** As many as the sink commits at once by default. */
  private static final int BATCH_EVENTS = new PostgresTargetFactory().flushDefaults().maxRecords();

  private static final String SEED = "inprocess_seed";
  private static final String COPY = "inprocess";

  private final Servers servers;
  private final TopicLoad load;
  private final int rounds;
  private final List<Side> sink = new ArrayList<>();
  private final List<Side> plain = new ArrayList<>();
  private final List<Double> plainCpu = new ArrayList<>();
  private double loadCpu;
  private boolean equal = true;

  InProcess(Servers servers, TopicLoad load, int rounds) {
    this.servers = servers;
    this.load = load;
    this.rounds = rounds;
  }

  /**
   * What a side did in one round.
   *
   * @param rate changes per second
   * @param serverMicros processor time of the server for a change, which depends little on other
   *     load of the machine
   */
  private record Side(double rate, double serverMicros) {}

  /**
   * What writing took, in seconds, from the first change to the last commit, without connecting.
   */
  private record Taken(double seconds, double serverCpuSeconds) {}

  /** A way to write the changes into a database that holds the snapshot. */
  private interface Write {
    Taken into(PostgresDatabase database) throws SQLException;
  }

  /** Measures, one side after the other in each round, and prints the result lines. */
  void measure() throws SQLException, IOException {
    PostgresDatabase seed = servers.target().createDatabase(SEED);
    try (RecordedTopic topic = RecordedTopic.open(servers)) {
      loadSnapshot(topic, seed);
      List<SinkRecord> changes = changes(topic);
      List<EncodedBatch> batches = EncodedBatch.of(seed, changes, BATCH_EVENTS);
      // One round for nothing: the sink's code is compiled in it, which takes more than to run it.
      round(changes, database -> put(changes, topic.partition(), database));
      for (int round = 0; round < rounds; round++) {
        sink.add(round(changes, database -> put(changes, topic.partition(), database)));
        plain.add(round(changes, database -> plain(database, batches)));
      }
      loadCpu = loadedPlainly(seed);
    }
    print("lakehouse", sink);
    print("plain-sql", plain);
  }

  private void print(String side, List<Side> rounds) {
    Result.of("postgres-inprocess")
        .with("side", side)
        .whole("rows_per_s", rate(rounds))
        .ratio("ratio_to_plain_sql", rate(rounds), rate(plain))
        .tenths("server_cpu_us", serverMicros(rounds))
        .ratio("server_ratio_to_plain_sql", serverMicros(plain), serverMicros(rounds))
        .with("equal", equal)
        .print();
  }

  private static double rate(List<Side> rounds) {
    return Median.of(rounds.stream().map(Side::rate).toList());
  }

  private static double serverMicros(List<Side> rounds) {
    return Median.of(rounds.stream().map(Side::serverMicros).toList());
  }

  /**
   * Processor time that plain SQL takes for an event of the topic, in microseconds; of server and
   * client. To be called after {@link #measure}.
   */
  double plainMicros() {
    return 1e6 * (loadCpu + Median.of(plainCpu)) / load.events();
  }

  private Taken plain(PostgresDatabase database, List<EncodedBatch> batches) throws SQLException {
    PlainSql.Taken taken = PlainSql.write(database, batches);
    plainCpu.add(taken.cpuSeconds());
    return new Taken(taken.seconds(), taken.serverCpuSeconds());
  }

  /** Processor time of a plain copy of the snapshot into an empty table with the same indexes. */
  private double loadedPlainly(PostgresDatabase seed) throws SQLException, IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try (Connection connection = seed.connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("copy (select * from orders order by id) to stdout (format binary)", rows);
    }
    seed.execute("truncate orders");
    return PlainSql.load(seed, rows.toByteArray()).cpuSeconds();
  }

  private void loadSnapshot(RecordedTopic topic, PostgresDatabase seed) {
    try (TaskRun task = task(seed, topic.partition())) {
      for (long left = load.rows(); left > 0; ) {
        List<SinkRecord> records = topic.next(left);
        task.put(records);
        left -= records.size();
      }
    }
    seed.execute("vacuum analyze orders");
  }

  private List<SinkRecord> changes(RecordedTopic topic) {
    List<SinkRecord> changes = new ArrayList<>();
    while (load.rows() + changes.size() < load.events()) {
      changes.addAll(topic.next(Servers.POLL_RECORDS));
    }
    return changes;
  }

  private Taken put(List<SinkRecord> changes, TopicPartition partition, PostgresDatabase database) {
    try (TaskRun task = task(database, partition)) {
      double server = serverCpuSeconds();
      long start = System.nanoTime();
      for (int from = 0; from < changes.size(); from += Servers.POLL_RECORDS) {
        task.put(changes.subList(from, Math.min(changes.size(), from + Servers.POLL_RECORDS)));
      }
      task.finish();
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Taken(seconds, serverCpuSeconds() - server); // Before its session ends.
    }
  }

  /** Of the processes that the server has at present. */
  private double serverCpuSeconds() {
    return servers.target().processes().stream()
        .mapToDouble(process -> ProcessorTime.of(process.pid()))
        .sum();
  }

  private static TaskRun task(PostgresDatabase database, TopicPartition partition) {
    Map<String, String> configuration = Wire.JSON.postgresSink();
    configuration.put("name", "in-process");
    configuration.put("topics.regex", Wire.JSON.topic().replace(".", "\\."));
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    return TaskRun.start(configuration, partition);
  }

  /** Writes the changes in one way into a copy of the seed. */
  private Side round(List<SinkRecord> changes, Write write) throws SQLException {
    servers.target().execute("create database %s template %s".formatted(COPY, SEED), "checkpoint");
    try {
      PostgresDatabase database = servers.target().database(COPY);
      Taken taken = write.into(database);
      equal &= load.shape().fingerprint(load.database()).equals(load.shape().fingerprint(database));
      return new Side(
          changes.size() / taken.seconds(), 1e6 * taken.serverCpuSeconds() / changes.size());
    } finally {
      servers.target().execute("drop database %s with (force)".formatted(COPY));
    }
  }
}
