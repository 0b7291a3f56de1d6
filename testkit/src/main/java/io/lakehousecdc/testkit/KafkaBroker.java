// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker (KRaft, broker and controller in one) in a child JVM on free loopback ports
 * that ends with this JVM. Ports and data stay the same over {@link #kill9} and {@link #restart}.
 * Start and fault methods are for one thread at a time.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final Path directory = Directories.temporary("kafka");
  private final Path log = Directories.logs("kafka").resolve("broker.log");
  private final Path configuration = directory.resolve("server.properties");
  private final int port = Ports.free();
  private final ChildJvm jvm;
  private KafkaClient client;
  private ChildProcess process;

  private KafkaBroker(Builder builder) {
    List<String> arguments = new ArrayList<>(ChildJvm.QUICK_START);
    arguments.addAll(builder.jvmArguments);
    jvm = new ChildJvm(builder.distribution, directory, List.copyOf(arguments));
    Properties properties = new Properties();
    properties.putAll(defaults());
    properties.putAll(builder.properties);
    write(properties);
  }

  /** Starts the current version with the default settings. */
  public static KafkaBroker start() {
    return builder().start();
  }

  /** For the current version, until it is told another. */
  public static Builder builder() {
    return new Builder();
  }

  /** The value of {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Topics, records and offsets of this broker; it lives as long as the broker. */
  public KafkaClient client() {
    return client;
  }

  /** The log file; it stays after {@link #close}. */
  public Path log() {
    return log;
  }

  List<ProcessHandle> processes() {
    return process.handles();
  }

  /** The process id of the broker's JVM. */
  public long pid() {
    return process.pid();
  }

  /** Kills the broker. */
  public void kill9() {
    process.kill();
  }

  /** Kills the broker if it runs, and starts it again on the same ports and data. */
  public void restart() {
    process.kill();
    launch();
  }

  /** Ends the broker and deletes its data. */
  @Override
  public void close() {
    client.close();
    process.stop(STOP_PATIENCE);
    Directories.delete(directory);
  }

  private Map<String, String> defaults() {
    int controllerPort = Ports.free();
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry(
            "listeners",
            "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort)),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("log.dirs", directory.resolve("data").toString()),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "4"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "4"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        // a restarted broker is refused until the session of its killed predecessor has ended
        Map.entry("broker.session.timeout.ms", "3000"),
        Map.entry("broker.heartbeat.interval.ms", "500"),
        // lets a test see a dead member leave its group within a second or two
        Map.entry("group.min.session.timeout.ms", "1000"));
  }

  private void write(Properties properties) {
    try (Writer out = Files.newBufferedWriter(configuration)) {
      properties.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + configuration, e);
    }
  }

  private void format() {
    ChildProcess.run(
        "Kafka's storage format",
        jvm.command(
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            Uuid.randomUuid().toString(),
            "--config",
            configuration.toString()),
        Map.of(),
        log);
  }

  private void launch() {
    process =
        ChildProcess.start(
            "Kafka broker", jvm.command("kafka.Kafka", configuration.toString()), Map.of(), log);
    if (client == null) {
      client = new KafkaClient(bootstrapServers());
    }
    Await.until(
        "the broker answers on port " + port,
        START_TIMEOUT,
        process::logTail,
        () -> {
          if (!process.alive()) {
            throw new Await.Fatal("the broker has ended. " + process.logTail());
          }
          return client.answers();
        });
  }

  /** The settings of a broker to start. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> properties = new HashMap<>();
    private final List<String> jvmArguments = new ArrayList<>(List.of("-Xmx512m"));
    private KafkaDistribution distribution = KafkaDistribution.CURRENT;

    private Builder() {}

    public Builder distribution(KafkaDistribution kafka) {
      distribution = kafka;
      return this;
    }

    /** Any setting of server.properties. */
    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /** More arguments of the JVM; later ones win, so {@code -Xmx} can be raised. */
    public Builder jvmArguments(String... arguments) {
      jvmArguments.addAll(List.of(arguments));
      return this;
    }

    /** Starts the broker; it answers when this returns. */
    public KafkaBroker start() {
      KafkaBroker broker = new KafkaBroker(this);
      broker.format();
      broker.launch();
      return broker;
    }
  }
}
