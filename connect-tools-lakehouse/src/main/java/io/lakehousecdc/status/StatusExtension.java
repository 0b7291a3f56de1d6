// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.LakehouseSinkConnector;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A REST extension of the Connect worker that shows the state of all lakehouse sinks of its
 * cluster: {@code GET /lakehouse} for people, {@code GET /lakehouse/status.json} for programs. It
 * is on where {@code rest.extension.classes} names it.
 *
 * @see <a
 *     href="https://kafka.apache.org/documentation/#connectconfigs_rest.extension.classes">Kafka
 *     Connect: rest.extension.classes</a>
 */
public final class StatusExtension implements ConnectRestExtension {
  private static final Logger LOG = LoggerFactory.getLogger(StatusExtension.class);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private Map<String, ?> worker = Map.of();
  private ClusterReader reader;
  private LiveReport report;

  /** For the worker, which calls this also to list its plugins. */
  public StatusExtension() {}

  @Override
  public void configure(Map<String, ?> configs) {
    worker = Map.copyOf(withoutNulls(configs));
  }

  private static Map<String, ?> withoutNulls(Map<String, ?> configs) {
    return configs.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> (Object) entry.getValue()));
  }

  /** A worker without the page is better than none: a failure is logged. */
  @Override
  public void register(ConnectRestExtensionContext context) {
    reader = new ClusterReader(context.clusterState(), worker, ClusterReader.PATIENCE);
    Reports reports = new Reports();
    report = new LiveReport(() -> reports.of(reader.read(), System.currentTimeMillis()), PAUSE);
    StatusPages pages = new StatusPages(report, Documentation.ofArchive());
    try {
      // By reflection: the type that it returns is javax.ws.rs.core.Configurable on Kafka 3.9, and
      // jakarta.ws.rs.core.Configurable from 4.0 on.
      Method configurable = ConnectRestExtensionContext.class.getMethod("configurable");
      Class<?> type = configurable.getReturnType();
      Object resource =
          type.getName().startsWith("jakarta.")
              ? new JakartaStatusResource(pages)
              : new JavaxStatusResource(pages);
      type.getMethod("register", Object.class).invoke(configurable.invoke(context), resource);
      LOG.info("The status of lakehouse sinks is shown at /lakehouse of this worker");
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.error(
          "This worker shows no status of lakehouse sinks at /lakehouse: its JAX-RS is neither"
              + " jakarta.ws.rs (Kafka 4) nor javax.ws.rs (Kafka 3.9). Take"
              + " io.lakehousecdc.status.StatusExtension out of rest.extension.classes.",
          e);
    }
  }

  @Override
  public String version() {
    return new LakehouseSinkConnector().version();
  }

  @Override
  public void close() {
    if (report != null) {
      report.close();
      reader.close();
    }
  }
}
