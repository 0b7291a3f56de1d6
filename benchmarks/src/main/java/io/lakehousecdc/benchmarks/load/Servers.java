// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.testkit.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The servers that all sides of a comparison share: the source's and the target's PostgreSQL, a
 * broker and, for Avro records, a schema registry. Not thread-safe.
 */
public final class Servers implements AutoCloseable {
  /** The garbage collector of all JVMs that are measured. */
  public static final String COLLECTOR = "-XX:+UseParallelGC";

  /** Records that a task gets at once, the batch size of the Debezium JDBC sink. */
  public static final int POLL_RECORDS = 2000;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final PostgresServer source;
  private final PostgresServer target;
  private final KafkaBroker kafka;
  private final String registryUrl;
  private final Path plugin;
  private final String workerHeap;

  private Servers(Collection<Wire> wires, String workerHeap) {
    this.workerHeap = workerHeap;
    try {
      source = keep(() -> tuned(PostgresServer.builder().name("source")).start());
      target = keep(() -> tuned(PostgresServer.builder().name("target").durable()).start());
      kafka =
          keep(
              () ->
                  KafkaBroker.builder().jvmArguments("-Xmx1g", "-XX:TieredStopAtLevel=4").start());
      registryUrl = wires.contains(Wire.AVRO) ? keep(() -> new SchemaRegistry().start()).url() : "";
      plugin = Plugins.project(temporary());
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  /**
   * Starts what these kinds of records need.
   *
   * @param workerHeap greatest heap of a worker, as {@code -Xmx} takes it
   */
  public static Servers start(Collection<Wire> wires, String workerHeap) {
    return new Servers(wires, workerHeap);
  }

  /** Where the rows change; it does not wait for the disk. */
  public PostgresServer source() {
    return source;
  }

  /** Where sinks write; every commit waits for the disk, as in production. */
  public PostgresServer target() {
    return target;
  }

  public KafkaBroker kafka() {
    return kafka;
  }

  /** A worker with compiled code at its best, all plugins, and the variables of config/. */
  public ConnectWorker.Builder worker(String group, Path... plugins) {
    return ConnectWorker.builder(kafka.bootstrapServers())
        .group(group)
        .plugins(Plugins.debezium(), Plugins.avroConverter())
        .plugins(plugin)
        .plugins(plugins)
        .property("consumer.max.poll.records", "" + POLL_RECORDS)
        .environment("APICURIO_REGISTRY_URL", registryUrl)
        .environment("SHOP_DB_HOST", source.host())
        .environment("SHOP_DB_PORT", "" + source.port())
        .environment("SHOP_DB_USER", source.user())
        .environment("SHOP_DB_PASSWORD", source.password())
        .environment("WAREHOUSE_USER", target.user())
        .environment("WAREHOUSE_PASSWORD", target.password())
        .jvmArguments(COLLECTOR, "-XX:TieredStopAtLevel=4", "-Xmx" + workerHeap);
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // whatever one part throws, the others have to end too
        System.err.println("a server did not end in order: " + e);
      }
    }
  }

  private static PostgresServer.Builder tuned(PostgresServer.Builder builder) {
    return builder
        .setting("shared_buffers", "512MB")
        .setting("max_wal_size", "4GB")
        .setting("checkpoint_timeout", "15min");
  }

  private Path temporary() {
    try {
      return Files.createTempDirectory("lakehousecdc-benchmark-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory", e);
    }
  }

  private <T extends AutoCloseable> T keep(Supplier<T> start) {
    T part = start.get();
    parts.push(part);
    return part;
  }
}
