// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.HeapWatch;
import io.lakehousecdc.benchmarks.measure.ProcessorTime;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.benchmarks.noop.NoOpSinkConnector;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The measurement of one sink's throughput on one topic, with a worker, a connector and a database
 * of its own: from the first record that its task has read to the last that is applied.
 */
public final class Throughput {
  private final Servers servers;
  private final TopicLoad load;
  private final Workers workers;
  private final Optional<Path> recordings;

  /** What a worker has done when it is measured. */
  public enum Workers {
    /** Nothing: a good part of the processor time is that of compiling code. */
    COLD,
    /** It has read the same topic once, into another destination. */
    WARM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param recordings directory for flight recordings of the workers; empty for none
   */
  public Throughput(Servers servers, TopicLoad load, Workers workers, Optional<Path> recordings) {
    this.servers = servers;
    this.load = load;
    this.workers = workers;
    this.recordings = recordings;
  }

  Workers workers() {
    return workers;
  }

  /** Of the table that is written. */
  Shape shape() {
    return load.shape();
  }

  /**
   * The results of a measurement.
   *
   * @param cpuMicros processor time that the worker took for an event; what the database took is
   *     not in it
   * @param brokerMicros processor time that the broker took for an event
   * @param heapMegabytes the most that a collection left on the worker's heap
   * @param equal whether source and target have the same rows; empty where nothing is written
   */
  record Measured(
      double seconds,
      double eventsPerSecond,
      double cpuMicros,
      double brokerMicros,
      long heapMegabytes,
      Optional<Boolean> equal) {}

  /** Measures one side on the topic of this format. */
  Measured measure(Side side, Wire wire, int round) throws IOException, SQLException {
    String name = "%s_%s_%d".formatted(side.name(), wire.name(), round).toLowerCase(Locale.ROOT);
    try (ConnectWorker worker = worker(name);
        WorkerJmx jmx = WorkerJmx.attach(worker.pid())) {
      if (workers == Workers.WARM) {
        read(side, wire, name + "_first", worker, jmx);
      }
      Measured measured = read(side, wire, name, worker, jmx);
      recordings.ifPresent(directory -> jmx.dumpRecording(directory.resolve(name + ".jfr")));
      return measured;
    }
  }

  /** Has a new connector read the whole topic into an empty destination. */
  private Measured read(Side side, Wire wire, String name, ConnectWorker worker, WorkerJmx jmx)
      throws IOException, SQLException {
    PostgresDatabase database = servers.target().createDatabase(name);
    Destination destination =
        new Destination(database, Files.createTempDirectory("lakehousecdc-benchmark-delta-"));
    servers.target().execute("checkpoint");
    try (Probe probe = side.probe(destination, load.shape())) {
      double seconds;
      long heap;
      double idle = jmx.cpuSeconds();
      double brokerIdle = ProcessorTime.of(servers.kafka().pid());
      try (HeapWatch watch = HeapWatch.of(jmx)) {
        worker.rest().register(name, side.configuration(wire, destination));
        // One sink commits after put has returned, another deletes after it has inserted.
        Callable<Boolean> applied =
            () ->
                jmx.recordsPut(name) >= load.events()
                    && (!side.writes() || probe.lastRowIsVisible());
        seconds = time(name, worker, jmx, applied);
        heap = watch.peak();
      }
      double cpu = jmx.cpuSeconds() - idle;
      double brokerCpu = ProcessorTime.of(servers.kafka().pid()) - brokerIdle;
      Connectors.delete(name, worker, jmx);
      return new Measured(
          seconds,
          load.events() / seconds,
          1e6 * cpu / load.events(),
          1e6 * brokerCpu / load.events(),
          heap,
          side.writes() ? Optional.of(isEqual(probe)) : Optional.empty());
    } finally {
      Directory.delete(destination.deltaRoot());
      servers.target().execute("drop database %s with (force)".formatted(name));
    }
  }

  private ConnectWorker worker(String group) throws IOException {
    ConnectWorker.Builder builder =
        servers.worker(
            group,
            Plugins.development(
                Files.createTempDirectory("lakehousecdc-benchmark-"),
                "noop-sink",
                NoOpSinkConnector.class),
            Plugins.debeziumJdbc());
    recordings.ifPresent(
        directory -> builder.jvmArguments("-XX:StartFlightRecording:settings=profile"));
    return builder.start();
  }

  private static double time(
      String connector, ConnectWorker worker, WorkerJmx jmx, Callable<Boolean> applied) {
    Connectors.await(
        "the first record is read", connector, worker, () -> jmx.recordsRead(connector) > 0);
    long start = System.nanoTime();
    Connectors.await("the last record is applied", connector, worker, applied);
    return (System.nanoTime() - start) / 1e9;
  }

  private boolean isEqual(Probe probe) throws SQLException, IOException {
    return load.shape().fingerprint(load.database()).equals(probe.fingerprint());
  }
}
