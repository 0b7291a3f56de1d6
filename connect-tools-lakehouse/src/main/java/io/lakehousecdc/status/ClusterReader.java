// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.status.SinkState.Task;
import io.lakehousecdc.tools.connect.Placeholders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.health.ConnectorHealth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the state of all lakehouse sinks of a cluster: from the worker, which knows of all tasks,
 * and from the sinks' warehouses, by their own configurations. For one thread at a time.
 */
final class ClusterReader implements AutoCloseable {
  private static final String CONNECTOR_CLASS = "connector.class";

  /** Names by which Connect finds the class. */
  private static final Set<String> SINK =
      Set.of(
          "io.lakehousecdc.sink.LakehouseSinkConnector", "LakehouseSinkConnector", "LakehouseSink");

  /** Some hang, and the others are to be read all the same. */
  private static final int WAREHOUSES_AT_A_TIME = 16;

  /** For all warehouses together: less than whoever asks for a report waits. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final Logger LOG = LoggerFactory.getLogger(ClusterReader.class);

  private final ConnectClusterState cluster;
  private final Map<String, ?> worker;
  private final Duration patience;
  private final ExecutorService warehouses;

  /**
   * @param worker properties of the worker, whose config providers fill in placeholders
   * @param patience for how long the answers of all warehouses are waited for
   */
  ClusterReader(ConnectClusterState cluster, Map<String, ?> worker, Duration patience) {
    this.cluster = cluster;
    this.worker = worker;
    this.patience = patience;
    this.warehouses =
        Executors.newFixedThreadPool(
            WAREHOUSES_AT_A_TIME,
            body -> {
              Thread thread = new Thread(body, "lakehouse-status-warehouse");
              thread.setDaemon(true);
              thread.setContextClassLoader(ClusterReader.class.getClassLoader());
              return thread;
            });
  }

  /** What a warehouse answers. */
  private record Answer(String warehouse, List<TableStatus> tables, String unreadable) {
    static Answer unreadable(String reason) {
      return new Answer("", List.of(), reason);
    }
  }

  /** All lakehouse sinks. */
  List<SinkState> read() {
    List<String> names = new ArrayList<>();
    List<Map<String, String>> settings = new ArrayList<>();
    List<Future<Answer>> answers = new ArrayList<>();
    for (String name : cluster.connectors()) {
      Map<String, String> each = cluster.connectorConfig(name);
      if (each != null
          && each.get(CONNECTOR_CLASS) != null
          && SINK.contains(each.get(CONNECTOR_CLASS).strip())) {
        names.add(name);
        settings.add(each);
        answers.add(warehouses.submit((Callable<Answer>) () -> answer(each)));
      }
    }
    long until = System.nanoTime() + patience.toNanos();
    List<Answer> got = new ArrayList<>();
    for (Future<Answer> answer : answers) {
      got.add(await(answer, until));
    }
    List<SinkState> sinks = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      sinks.add(state(names.get(i), settings.get(i), got.get(i)));
    }
    return sinks;
  }

  private Answer answer(Map<String, String> settings) {
    ConfiguredSink sink;
    try {
      Map<String, String> filled = Placeholders.filled(settings, worker);
      String unfilled = Placeholders.unfilled(settings, filled).orElse(null);
      if (unfilled != null) {
        return Answer.unreadable(
            "this worker has no config provider that fills in the setting " + unfilled + ".");
      }
      sink = ConfiguredSink.of(filled);
    } catch (ConfigException e) {
      // Its message may quote a value.
      return Answer.unreadable("the connector's configuration is not valid on this worker.");
    }
    try {
      return new Answer(sink.target(), sink.status(), null);
    } catch (TargetException e) {
      return new Answer(sink.target(), List.of(), e.getMessage());
    }
  }

  private Answer await(Future<Answer> answer, long untilNanos) {
    try {
      return answer.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      return Answer.unreadable("it has not answered for " + patience.toSeconds() + " seconds.");
    } catch (ExecutionException e) {
      LOG.warn("The status of a sink could not be read", e.getCause());
      return Answer.unreadable(
          e.getCause().getClass().getSimpleName() + ", see the log of this worker.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.unreadable("the worker stops.");
    }
  }

  private SinkState state(String name, Map<String, String> settings, Answer answer) {
    boolean disclosing = Traces.discloses(settings);
    String state = SinkState.UNKNOWN;
    List<Task> tasks = new ArrayList<>();
    try {
      ConnectorHealth health = cluster.connectorHealth(name);
      state = health.connectorState().state();
      health
          .tasksState()
          .forEach(
              (id, task) ->
                  tasks.add(
                      Task.of(id, task.state(), task.workerId(), task.traceMessage(), disclosing)));
    } catch (ConnectException e) {
      // Just created, or just deleted.
      LOG.debug("The state of {} is not known: {}", name, e.getMessage());
    }
    return new SinkState(
        name, answer.warehouse(), state, tasks, answer.unreadable(), answer.tables());
  }

  @Override
  public void close() {
    warehouses.shutdownNow();
  }
}
