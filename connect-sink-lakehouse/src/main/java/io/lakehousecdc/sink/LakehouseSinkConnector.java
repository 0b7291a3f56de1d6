// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
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

  /**
   * Checks each setting, then the combination of settings, then (for a few seconds at most) whether
   * the target can be reached and used.
   */
  @Override
  public Config validate(Map<String, String> props) {
    Config config = super.validate(props);
    boolean clean = config.configValues().stream().allMatch(v -> v.errorMessages().isEmpty());
    if (!clean) {
      return config;
    }
    try {
      SinkConfig parsed = new SinkConfig(props);
      for (SettingProblem problem : SettingRules.check(parsed)) {
        addError(config, problem.key(), problem.message());
      }
      for (SettingProblem problem : parsed.factory().validate(parsed.targetSettings())) {
        addError(config, problem.key(), problem.message());
      }
    } catch (ConfigException e) {
      addError(config, keyIn(config, e.getMessage()), e.getMessage());
    }
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

  private static void addError(Config config, String key, String message) {
    for (ConfigValue value : config.configValues()) {
      if (value.name().equals(key)) {
        value.addErrorMessage(message);
        return;
      }
    }
    ConfigValue value = new ConfigValue(key);
    value.addErrorMessage(message);
    config.configValues().add(value);
  }

  /** The setting that a message names; messages of parsers begin with it. */
  private static String keyIn(Config config, String message) {
    return config.configValues().stream()
        .map(ConfigValue::name)
        .filter(message::contains)
        .max(java.util.Comparator.comparingInt(String::length))
        .orElse(SinkSettings.TARGET);
  }
}
