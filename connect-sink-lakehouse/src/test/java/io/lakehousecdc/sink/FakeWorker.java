// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.error.FencedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * A fake worker that drives a sink task over records in memory: seeks before the next poll, pauses,
 * commits. Not thread-safe.
 */
final class FakeWorker implements SinkTaskContext, AutoCloseable {
  private final Map<String, String> configuration;
  private final Map<TopicPartition, List<SinkRecord>> log;
  private final Map<TopicPartition, Long> group;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, Long> seeks = new HashMap<>();
  private final Random random;
  private final ErrantRecordReporter queue;
  private LakehouseSinkTask task;
  private final Set<TopicPartition> paused = new HashSet<>();
  private int rewinds;

  /** A worker without a dead letter queue. */
  FakeWorker(
      Map<String, String> connector,
      Map<TopicPartition, List<SinkRecord>> log,
      Map<TopicPartition, Long> group,
      Random random) {
    this(connector, log, group, random, null);
  }

  /**
   * @param log records of each partition
   * @param group offsets committed to Kafka, shared by the workers of a group
   * @param queue dead letter queue; null for none
   */
  FakeWorker(
      Map<String, String> connector,
      Map<TopicPartition, List<SinkRecord>> log,
      Map<TopicPartition, Long> group,
      Random random,
      ErrantRecordReporter queue) {
    this.queue = queue;
    LakehouseSinkConnector made = new LakehouseSinkConnector();
    made.start(connector);
    this.configuration = made.taskConfigs(1).get(0);
    this.log = log;
    this.group = group;
    this.random = random;
    start();
  }

  private void start() {
    task = new LakehouseSinkTask();
    paused.clear();
    seeks.clear();
    log.keySet().forEach(partition -> positions.put(partition, group.getOrDefault(partition, 0L)));
    task.initialize(this);
    task.start(configuration);
    task.open(log.keySet());
  }

  /**
   * Polls once; delivers some records of each partition, or none. A task that gives up, fenced once
   * too often, is started anew, as an operator would.
   */
  void poll() {
    seeks.forEach(this::seek);
    seeks.clear();
    List<SinkRecord> records = new ArrayList<>();
    log.forEach(
        (partition, all) -> {
          if (!paused.contains(partition)) {
            int from = positions.get(partition).intValue();
            int to = Math.min(all.size(), from + random.nextInt(40));
            records.addAll(all.subList(from, to));
            positions.put(partition, (long) to);
          }
        });
    try {
      task.put(records);
    } catch (FencedException e) {
      task.stop();
      start();
    }
  }

  /** Nothing for null, as a worker does. */
  private void seek(TopicPartition partition, Long offset) {
    if (offset != null) {
      positions.put(partition, offset);
    }
  }

  /** Takes all partitions away; returns those that the next poll would nevertheless seek in. */
  Set<TopicPartition> revokeAll() {
    preCommitAndClose();
    seeks.values().removeIf(Objects::isNull);
    return Set.copyOf(seeks.keySet());
  }

  /** Takes all partitions away and gives them back, as a rebalance may. */
  void reassign() {
    preCommitAndClose();
    seeks.clear();
    log.keySet().forEach(partition -> positions.put(partition, group.getOrDefault(partition, 0L)));
    task.open(log.keySet());
  }

  /** Commits to Kafka what the task says is safe; true where that is everything. */
  boolean commit() {
    Map<TopicPartition, OffsetAndMetadata> delivered = new HashMap<>();
    positions.forEach((partition, next) -> delivered.put(partition, new OffsetAndMetadata(next)));
    task.preCommit(delivered).forEach((partition, safe) -> group.put(partition, safe.offset()));
    return log.entrySet().stream()
        .allMatch(each -> group.get(each.getKey()) == each.getValue().size());
  }

  /** How often the task went back. */
  int rewinds() {
    return rewinds;
  }

  /** At the end of the task, also of one that has failed. */
  @Override
  public void close() {
    try {
      preCommitAndClose();
    } finally {
      task.stop();
    }
  }

  private void preCommitAndClose() {
    try {
      commit();
    } catch (RuntimeException e) {
      return; // As the worker does, which logs it.
    } finally {
      task.close(log.keySet());
    }
  }

  @Override
  public Map<String, String> configs() {
    return configuration;
  }

  @Override
  public void offset(Map<TopicPartition, Long> offsets) {
    rewinds += offsets.size();
    seeks.putAll(offsets);
  }

  @Override
  public void offset(TopicPartition partition, long offset) {
    offset(Map.of(partition, offset));
  }

  @Override
  public void timeout(long milliseconds) {
    // the next poll comes at once
  }

  @Override
  public Set<TopicPartition> assignment() {
    return log.keySet();
  }

  @Override
  public void pause(TopicPartition... partitions) {
    paused.addAll(List.of(partitions));
  }

  @Override
  public void resume(TopicPartition... partitions) {
    List.of(partitions).forEach(paused::remove);
  }

  /** None: the task has its own MBean, too. */
  @Override
  public PluginMetrics pluginMetrics() {
    return null;
  }

  @Override
  public ErrantRecordReporter errantRecordReporter() {
    return queue;
  }

  @Override
  public void requestCommit() {
    // the test commits
  }
}
