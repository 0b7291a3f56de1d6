// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink connector. It keeps warehouse tables equal to the PostgreSQL tables behind a Debezium
 * source. {@code docs/CONFIGURATION.md} lists its settings.
 */
public final class LakehouseSinkConnector extends SinkConnector {
  private static final Logger LOG = LoggerFactory.getLogger(LakehouseSinkConnector.class);

  private Map<String, String> settings;

  @Override
  public String version() {
    return Version.value();
  }

  @Override
  public ConfigDef config() {
    return SinkSettings.DEFINITION;
  }

  @Override
  public void start(Map<String, String> props) {
    new SinkConfig(props);
    UnreadSettings.of(props).warnings().forEach(LOG::warn);
    AssignmentAdvice.of(props).ifPresent(LOG::warn);
    settings = Map.copyOf(props);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return LakehouseSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    List<Map<String, String>> tasks = new ArrayList<>();
    for (int number = 0; number < maxTasks; number++) {
      Map<String, String> task = new HashMap<>(settings);
      task.put(SinkSettings.TASK_NUMBER, Integer.toString(number));
      tasks.add(task);
    }
    return tasks;
  }

  @Override
  public void stop() {}

  /** Finds all mistakes at once; takes a few seconds at most. */
  @Override
  public Config validate(Map<String, String> props) {
    Config config = super.validate(props);
    Validation.complete(config, props);
    return config;
  }

  /**
   * Moves or resets the offsets that the target holds, so that Kafka and the target agree. An
   * offset beyond the target's skips records for good. It is allowed, because an operator may
   * intend it, and logged, because it happens by mistake after a restore of the target, when
   * Kafka's offset is ahead.
   *
   * @param offsets new offset by partition; null resets
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
    Map<SourcePartition, Long> altered = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            altered.put(new SourcePartition(partition.topic(), partition.partition()), offset));
    SinkConfig config = new SinkConfig(connectorConfig);
    try (Target target =
        config
            .factory()
            .open(config.targetSettings(), new TargetContext(config.connectorName(), 0))) {
      target
          .load(altered.keySet())
          .forEach(
              (partition, held) ->
                  warnIfSkipped(partition, held.state().nextOffset(), altered.get(partition)));
      target.alterOffsets(altered);
    }
    return true;
  }

  private static void warnIfSkipped(SourcePartition partition, long held, Long altered) {
    if (altered != null && altered > held) {
      LOG.warn(
          "Topic {}, partition {}: moving from offset {}, which the target holds, to {} leaves the"
              + " records between out of the target. If that is not meant, set the offset to {}"
              + " before the connector is resumed.",
          partition.topic(),
          partition.partition(),
          held,
          altered,
          held);
    }
  }
}
