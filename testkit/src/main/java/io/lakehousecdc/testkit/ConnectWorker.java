// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A real Connect worker in distributed mode, in a child JVM that ends with this one. Its class path
 * holds Kafka's runtime only; plugins come from {@code plugin.path} and are isolated. The REST port
 * stays the same over {@link #kill9} and {@link #restart}. Start and fault methods are for one
 * thread at a time.
 */
public final class ConnectWorker implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final Path directory = Directories.temporary("connect");
  private final Path log = Directories.logs("connect").resolve("worker.log");
  private final Path configuration = directory.resolve("worker.properties");
  private final int port = Ports.free();
  private final int metricsPort = Ports.free();
  private final ChildJvm jvm;
  private final Map<String, String> environment;
  private ChildProcess process;

  private ConnectWorker(Builder builder) {
    List<String> arguments = new ArrayList<>(ChildJvm.QUICK_START);
    arguments.addAll(builder.jvmArguments);
    if (builder.exporterRules != null) {
      arguments.add(
          "-javaagent:%s=127.0.0.1:%d:%s"
              .formatted(
                  ProjectFiles.built("testkit/target/jmx-exporter/jmx_prometheus_javaagent.jar"),
                  metricsPort,
                  builder.exporterRules));
    }
    jvm = new ChildJvm(builder.distribution, directory, List.copyOf(arguments));
    environment = Map.copyOf(builder.environment);
    Properties properties = new Properties();
    properties.putAll(defaults(builder));
    properties.putAll(builder.properties);
    try (Writer out = Files.newBufferedWriter(configuration)) {
      properties.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + configuration, e);
    }
  }

  /** A worker of the current version, and of group "connect-testkit", until told otherwise. */
  public static Builder builder(String bootstrapServers) {
    return new Builder(bootstrapServers);
  }

  /** The REST interface. */
  public ConnectRest rest() {
    return new ConnectRest(URI.create("http://127.0.0.1:" + port));
  }

  /** The log file; it stays after {@link #close}. */
  public Path log() {
    return log;
  }

  /** What the worker has logged so far. */
  public String logs() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /** Where the JMX exporter answers Prometheus; see {@link Builder#exporter}. */
  public URI metrics() {
    return URI.create("http://127.0.0.1:%d/metrics".formatted(metricsPort));
  }

  /** The process id of the worker's JVM, for tools such as jcmd. */
  public long pid() {
    return process.pid();
  }

  List<ProcessHandle> processes() {
    return process.handles();
  }

  /** Kills the worker: nothing is flushed, no group is left. */
  public void kill9() {
    process.kill();
  }

  /** Shuts the worker down in order, by SIGTERM; its tasks stop and it leaves its group. */
  public void stop() {
    process.terminate(STOP_PATIENCE);
  }

  /** Kills the worker if it runs, and starts it again. */
  public void restart() {
    process.kill();
    launch();
  }

  /** Ends the worker at once and deletes its data. */
  @Override
  public void close() {
    process.kill();
    Directories.delete(directory);
  }

  private Map<String, String> defaults(Builder builder) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", builder.bootstrapServers);
    settings.put("group.id", builder.group);
    settings.put("listeners", "http://127.0.0.1:" + port);
    settings.put("plugin.path", builder.pluginPath());
    settings.put("plugin.discovery", "service_load");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    for (String topic : List.of("offset", "config", "status")) {
      settings.put(topic + ".storage.topic", builder.group + "-" + topic + "s");
      settings.put(topic + ".storage.replication.factor", "1");
    }
    settings.put("offset.storage.partitions", "2");
    settings.put("status.storage.partitions", "2");
    settings.put("offset.flush.interval.ms", "1000");
    settings.put("config.providers", "file,env");
    settings.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    settings.put(
        "config.providers.env.class",
        "org.apache.kafka.common.config.provider.EnvVarConfigProvider");
    // A killed worker is missed within seconds, where Kafka's defaults wait for minutes.
    settings.put("session.timeout.ms", "6000");
    settings.put("heartbeat.interval.ms", "1500");
    settings.put("scheduled.rebalance.max.delay.ms", "1000");
    settings.put("consumer.session.timeout.ms", "6000");
    settings.put("consumer.heartbeat.interval.ms", "1500");
    return settings;
  }

  private void launch() {
    process =
        ChildProcess.start(
            "Connect worker",
            jvm.command(
                "org.apache.kafka.connect.cli.ConnectDistributed", configuration.toString()),
            environment,
            log);
    ConnectRest rest = rest();
    Await.until(
        "the worker answers on port " + port,
        START_TIMEOUT,
        process::logTail,
        () -> {
          if (!process.alive()) {
            throw new Await.Fatal("the worker has ended. " + process.logTail());
          }
          return rest.answers();
        });
  }

  /** The settings of a worker to start. Not thread-safe. */
  public static final class Builder {
    private final String bootstrapServers;
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> jvmArguments = new ArrayList<>(List.of("-Xmx768m"));
    private final List<Path> plugins = new ArrayList<>();
    private KafkaDistribution distribution = KafkaDistribution.CURRENT;
    private String group = "connect-testkit";
    private Path exporterRules;

    private Builder(String bootstrapServers) {
      this.bootstrapServers = bootstrapServers;
    }

    public Builder distribution(KafkaDistribution kafka) {
      distribution = kafka;
      return this;
    }

    /** Workers of one group share connectors and tasks. */
    public Builder group(String id) {
      group = id;
      return this;
    }

    /** Adds plugin directories, each with the jars of one plugin; see {@link Plugins}. */
    public Builder plugins(Path... directories) {
      plugins.addAll(List.of(directories));
      return this;
    }

    /** Runs the Prometheus JMX exporter in the worker, by these rules. */
    public Builder exporter(Path rules) {
      exporterRules = rules;
      return this;
    }

    /** Any worker setting. */
    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /** A variable for {@code ${env:NAME}} in connectors' configurations. */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Several such variables. */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** More arguments of the JVM; later ones win, so {@code -Xmx} can be changed. */
    public Builder jvmArguments(String... arguments) {
      jvmArguments.addAll(List.of(arguments));
      return this;
    }

    /** Starts the worker; it has joined its group and answers when this returns. */
    public ConnectWorker start() {
      ConnectWorker worker = new ConnectWorker(this);
      worker.launch();
      return worker;
    }

    /** A plugin's own directory may be listed in plugin.path if all its jars are in it. */
    private String pluginPath() {
      return plugins.stream().map(Path::toString).collect(Collectors.joining(","));
    }
  }
}
