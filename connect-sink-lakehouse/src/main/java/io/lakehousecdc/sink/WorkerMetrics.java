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
 * The publisher of a task's metrics through Connect's plugin metrics (KIP-877), which workers have
 * from Kafka 4.1 on. On older workers there is only the MBean.
 */
final class WorkerMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);

  private WorkerMetrics() {}

  /** Publishes the metrics, or logs why it cannot; a task does not fail for lack of metrics. */
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
          "This worker has no plugin metrics (Kafka before 4.1); use the MBean of {}-{}",
          connector,
          task);
    } catch (IllegalArgumentException e) {
      // The worker has abandoned the previous task, which has not ended yet and keeps its metrics.
      LOG.warn(
          "The plugin metrics of {}-{} still belong to its previous task ({}). Use the MBean, or"
              + " restart the task.",
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
