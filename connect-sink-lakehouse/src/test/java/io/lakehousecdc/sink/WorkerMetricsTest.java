// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.metrics.SinkMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {

  @Test
  void taskStartsAlthoughTheOneBeforeItLingersWithItsMetrics() {
    try (Metrics registry = new Metrics()) {
      Context context = new Context(new Registry(registry));
      int own = registry.metrics().size();
      WorkerMetrics.publish(context, new SinkMetrics(), "shop", 0);
      assertTrue(registry.metrics().size() > own);
      assertDoesNotThrow(() -> WorkerMetrics.publish(context, new SinkMetrics(), "shop", 0));
    }
  }

  /** As a worker's, but without tags of connector and task. */
  private record Registry(Metrics metrics) implements PluginMetrics {
    @Override
    public MetricName metricName(
        String name, String description, LinkedHashMap<String, String> tags) {
      return new MetricName(name, "plugins", description, tags);
    }

    @Override
    public void addMetric(MetricName name, MetricValueProvider<?> value) {
      metrics.addMetric(name, value);
    }

    @Override
    public void removeMetric(MetricName name) {
      metrics.removeMetric(name);
    }

    @Override
    public Sensor addSensor(String name) {
      return metrics.sensor(name);
    }

    @Override
    public void removeSensor(String name) {
      metrics.removeSensor(name);
    }
  }

  private record Context(PluginMetrics pluginMetrics) implements SinkTaskContext {
    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {}

    @Override
    public void offset(TopicPartition partition, long offset) {}

    @Override
    public void timeout(long millis) {}

    @Override
    public Set<TopicPartition> assignment() {
      return Set.of();
    }

    @Override
    public void pause(TopicPartition... partitions) {}

    @Override
    public void resume(TopicPartition... partitions) {}

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
      return null;
    }
  }
}
