// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

import io.lakehousecdc.sink.LakehouseSinkConnector;
import io.lakehousecdc.sink.LakehouseSinkTask;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.DebeziumEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The sink's task over one partition of a topic that a test feeds; it runs until it is closed. */
public final class FedSink implements SinkTaskContext, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TopicPartition partition;
  private final Map<String, String> configuration;
  private final LakehouseSinkTask task = new LakehouseSinkTask();
  private long next;

  /**
   * @param connector the connector's configuration
   * @param first offset of the first record
   */
  public FedSink(Map<String, String> connector, String topic, long first) {
    LakehouseSinkConnector made = new LakehouseSinkConnector();
    made.start(new HashMap<>(connector));
    this.configuration = made.taskConfigs(1).get(0);
    this.partition = new TopicPartition(topic, 0);
    this.next = first;
    task.initialize(this);
    task.start(configuration);
    task.open(Set.of(partition));
  }

  /** Feeds events and waits until they are committed. */
  public void feed(DebeziumEvent... events) {
    List<SinkRecord> records = new ArrayList<>();
    for (DebeziumEvent event : events) {
      records.add(event.at(0, next++));
    }
    feed(records);
  }

  /** Feeds records that no source has sent. */
  public void feed(List<SinkRecord> records) {
    task.put(records);
    next = Math.max(next, records.get(records.size() - 1).kafkaOffset() + 1);
    Await.until(
        "the records are committed",
        PATIENCE,
        () -> {
          task.put(List.of());
          OffsetAndMetadata safe =
              task.preCommit(Map.of(partition, new OffsetAndMetadata(next))).get(partition);
          return safe != null && safe.offset() >= next;
        });
  }

  public long nextOffset() {
    return next;
  }

  @Override
  public void close() {
    task.close(Set.of(partition));
    task.stop();
  }

  @Override
  public Map<String, String> configs() {
    return configuration;
  }

  @Override
  public void offset(Map<TopicPartition, Long> offsets) {
    // what is fed comes in order
  }

  @Override
  public void offset(TopicPartition rewound, long offset) {
    // what is fed comes in order
  }

  @Override
  public void timeout(long milliseconds) {
    // the next poll comes at once
  }

  @Override
  public Set<TopicPartition> assignment() {
    return Set.of(partition);
  }

  @Override
  public void pause(TopicPartition... partitions) {
    // the test feeds little
  }

  @Override
  public void resume(TopicPartition... partitions) {
    // nothing is paused
  }

  /** None: the task has its own MBean. */
  @Override
  public PluginMetrics pluginMetrics() {
    return null;
  }

  @Override
  public ErrantRecordReporter errantRecordReporter() {
    return null;
  }

  @Override
  public void requestCommit() {
    // the test commits
  }
}
