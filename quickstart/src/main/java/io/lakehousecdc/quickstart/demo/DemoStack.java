// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.testkit.ArchiveCommands;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.testkit.KafkaDistribution;
import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.testkit.ProjectFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The pipeline of the demo as child processes on loopback: source, warehouse (a PostgreSQL cluster
 * of its own), a store for Delta tables, Kafka, and a Connect worker with Debezium and the exploded
 * archive of this project, with the JMX exporter. Secrets reach the connectors through the worker's
 * environment. The children end with this JVM, however it ends. Can be closed by another thread
 * than the one that starts it.
 */
public final class DemoStack implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;
  private Path plugins;
  private Path directory;
  private PostgresServer source;
  private DeltaStore deltaStore;
  private PostgresDatabase warehouse;
  private KafkaBroker kafka;
  private ConnectWorker worker;
  private volatile boolean workerIsUp;

  /** Starts everything; all parts answer when this returns. */
  void start(Options.Store store) {
    CompletableFuture<PostgresServer> startedSource = postgres("source");
    CompletableFuture<PostgresServer> startedTarget = postgres("warehouse");
    plugins = keep(TemporaryDirectory.create("plugins")).path();
    directory = keep(TemporaryDirectory.create("commands")).path();
    deltaStore = keep(store.create());
    kafka = keep(KafkaBroker.start());
    source = startedSource.join();
    warehouse = startedTarget.join().createDatabase("warehouse");
    worker =
        keep(
            ConnectWorker.builder(kafka.bootstrapServers())
                .group("quickstart")
                .plugins(Plugins.debezium(), Plugins.project(plugins))
                .exporter(ProjectFiles.root().resolve("docker/connect/jmx-exporter.yml"))
                .environment("SHOP_DB_HOST", source.host())
                .environment("SHOP_DB_PORT", Integer.toString(source.port()))
                .environment("SHOP_DB_USER", source.user())
                .environment("SHOP_DB_PASSWORD", source.password())
                .environment(sinkEnvironment())
                .start());
    workerIsUp = true;
  }

  /** What the configurations of the sinks name of the environment. */
  private Map<String, String> sinkEnvironment() {
    Map<String, String> environment = new HashMap<>(deltaStore.environment());
    environment.put("WAREHOUSE_URL", warehouse.jdbcUrl());
    environment.put("WAREHOUSE_USER", warehouse.user());
    environment.put("WAREHOUSE_PASSWORD", warehouse.password());
    return environment;
  }

  /** The archive's commands, with the secrets of sinks and source in their environment. */
  ArchiveCommands commands() {
    Map<String, String> environment = sinkEnvironment();
    environment.put("SOURCE_PASSWORD", source.password());
    return new ArchiveCommands(
        plugins, KafkaDistribution.CURRENT.installation(directory.resolve("kafka")), environment);
  }

  /** A directory for what the commands need. */
  Path directory() {
    return directory;
  }

  PostgresServer source() {
    return source;
  }

  PostgresDatabase warehouse() {
    return warehouse;
  }

  /** Where the sink for Delta Lake keeps its tables. */
  DeltaStore deltaStore() {
    return deltaStore;
  }

  KafkaBroker kafka() {
    return kafka;
  }

  ConnectWorker worker() {
    return worker;
  }

  ConnectRest connect() {
    return worker.rest();
  }

  /** False from the moment in which {@link #killAndRestartWorker} kills the worker. */
  boolean workerIsUp() {
    return workerIsUp;
  }

  /** Kills the worker without a warning and starts it again; returns when it answers. */
  void killAndRestartWorker() {
    workerIsUp = false;
    worker.restart();
    workerIsUp = true;
  }

  /** Whether {@link #close} was called. */
  public boolean closed() {
    synchronized (parts) {
      return closed;
    }
  }

  /** Ends all parts, the last started first, and deletes their data. */
  @Override
  public void close() {
    synchronized (parts) {
      closed = true;
      while (!parts.isEmpty()) {
        end(parts.pop());
      }
    }
  }

  private CompletableFuture<PostgresServer> postgres(String name) {
    return CompletableFuture.supplyAsync(() -> keep(PostgresServer.builder().name(name).start()));
  }

  /** Registers a part; closes it at once if the stack was closed before it was ready. */
  private <T extends AutoCloseable> T keep(T part) {
    synchronized (parts) {
      if (closed) {
        end(part);
        throw new IllegalStateException("closed while starting");
      }
      parts.push(part);
      return part;
    }
  }

  @SuppressWarnings("CatchingUnchecked") // whatever one part throws, the others have to end too
  private static void end(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      System.err.println("A part has not ended in order: " + e.getMessage());
    }
  }
}
