// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.metrics.SinkMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a task's figures through Connect's plugin metrics (KIP-877), which workers have from
 * Kafka 4.1 on; older ones show the MBean only.
 */
final class WorkerMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);

  private WorkerMetrics() {}

  /** Publishes what can be published: a task does not fail for want of metrics. */
  static void publish(SinkTaskContext context, SinkMetrics metrics, String connector, int task) {
    try {
      PluginMetrics plugin = context.pluginMetrics();
      if (plugin == null) {
        return;
      }
      metrics
          .figures()
          .values()
          .forEach(
              figure -> {
                MetricName name =
                    plugin.metricName(kebab(figure.name()), figure.documentation(), tags());
                Gauge<Long> gauge = (config, now) -> figure.value().getAsLong();
                plugin.addMetric(name, gauge);
              });
    } catch (NoSuchMethodError | NoClassDefFoundError e) {
      LOG.info(
          "This worker has no plugin metrics (Kafka before 4.1); the MBean of {}-{} serves",
          connector,
          task);
    } catch (IllegalArgumentException e) {
      // The task before this one was given up by the worker and still lingers, its metrics too.
      LOG.warn(
          "The worker's metrics of {}-{} still belong to the task before it ({}). The MBean serves;"
              + " restart the task to have them back.",
          connector,
          task,
          e.getMessage());
    }
  }

  private static LinkedHashMap<String, String> tags() {
    return new LinkedHashMap<>(Map.of());
  }

  private static String kebab(String camelCase) {
    return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
  }
}
