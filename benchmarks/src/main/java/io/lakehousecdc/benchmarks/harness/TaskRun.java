// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import io.lakehousecdc.sink.LakehouseSinkConnector;
import io.lakehousecdc.sink.LakehouseSinkTask;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** A run of the sink's task, driven as by a worker, for one partition. Not thread-safe. */
public final class TaskRun implements AutoCloseable {
  private final LakehouseSinkTask task = new LakehouseSinkTask();
  private final Context context;
  private boolean finished;

  private TaskRun(Map<String, String> configuration, TopicPartition partition) {
    context = new Context(configuration, partition);
    task.initialize(context);
    task.start(configuration);
    task.open(context.assignment());
  }

  /** Starts a task with the configuration that its connector makes of this one. */
  public static TaskRun start(Map<String, String> configuration, TopicPartition partition) {
    LakehouseSinkConnector connector = new LakehouseSinkConnector();
    connector.start(configuration);
    return new TaskRun(connector.taskConfigs(1).get(0), partition);
  }

  /** Hands records over, after the task has resumed where it has paused its partition. */
  public void put(List<SinkRecord> records) {
    while (context.paused) {
      task.put(List.of());
    }
    task.put(records);
  }

  /** Takes the partition from the task: returns when everything is committed. */
  public void finish() {
    if (!finished) {
      finished = true;
      task.close(context.assignment());
    }
  }

  /** As {@link #finish}, and ends the task. */
  @Override
  public void close() {
    finish();
    task.stop();
  }

  /** The context of a worker without a dead letter queue, which polls again at once. */
  private static final class Context implements SinkTaskContext {
    private final Map<String, String> configuration;
    private final TopicPartition partition;
    private boolean paused;

    Context(Map<String, String> configuration, TopicPartition partition) {
      this.configuration = configuration;
      this.partition = partition;
    }

    @Override
    public Map<String, String> configs() {
      return configuration;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
      throw new IllegalStateException("the task rewinds to " + offsets);
    }

    @Override
    public void offset(TopicPartition of, long offset) {
      offset(Map.of(of, offset));
    }

    @Override
    public void timeout(long milliseconds) {
      // records are always at hand: there is no poll whose duration it could limit
    }

    @Override
    public Set<TopicPartition> assignment() {
      return Set.of(partition);
    }

    @Override
    public void pause(TopicPartition... partitions) {
      paused = true;
    }

    @Override
    public void resume(TopicPartition... partitions) {
      paused = false;
    }

    /** None, because the task also has its own MBean. */
    @Override
    public PluginMetrics pluginMetrics() {
      return null;
    }

    @Override
    public void requestCommit() {
      // the task does not depend on offsets in Kafka
    }
  }
}
