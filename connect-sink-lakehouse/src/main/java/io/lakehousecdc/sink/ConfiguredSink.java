// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the configuration of a sink connector says of its tables, for tools beside the worker.
 * Immutable. Tells no values in messages: some are secret.
 */
public final class ConfiguredSink {
  private final SinkConfig config;
  private final DecodeOptions decode;
  private final List<String> topics;
  private final Pattern topicsRegex;

  private ConfiguredSink(SinkConfig config, Map<String, String> settings) {
    this.config = config;
    this.decode = config.decodeOptions();
    this.topics =
        Arrays.stream(settings.getOrDefault("topics", "").split(","))
            .map(String::strip)
            .filter(topic -> !topic.isEmpty())
            .toList();
    String regex = settings.get("topics.regex");
    this.topicsRegex = regex == null || regex.isBlank() ? null : Pattern.compile(regex);
  }

  /**
   * Reads a configuration as it is sent to Connect, {@code name} among it.
   *
   * @param settings without placeholders of config providers
   * @throws org.apache.kafka.common.config.ConfigException a value is missing or malformed; the
   *     message names its key
   */
  public static ConfiguredSink of(Map<String, String> settings) {
    return new ConfiguredSink(new SinkConfig(settings), settings);
  }

  /** Name of the connector, under which the target stores states of partitions. */
  public String connector() {
    return config.connectorName();
  }

  /** Value of the setting {@code target}. */
  public String target() {
    return config.factory().name();
  }

  /**
   * Reads the status of its tables, see {@link TargetFactory#status}.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be read
   */
  public List<TableStatus> status() {
    return config.factory().status(targetSettings(), connector());
  }

  /**
   * Adds to the status of its tables, see {@link Target#report}.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be written
   */
  public void report(List<TableStatus> status) {
    try (Target target =
        config.factory().open(targetSettings(), new TargetContext(connector(), 0))) {
      target.report(status);
    }
  }

  /** What the target is opened with. */
  public TargetSettings targetSettings() {
    return config.targetSettings();
  }

  public TableOptions tables() {
    return config.tables();
  }

  /** Topics that the configuration lists; empty where it has a pattern of topics. */
  public List<String> topics() {
    return topics;
  }

  /** Whether the connector reads a topic. */
  public boolean reads(String topic) {
    return topics.contains(topic) || topicsRegex != null && topicsRegex.matcher(topic).matches();
  }

  /**
   * The target's table of a source table; its schema is empty where the target's default counts.
   */
  public TableId table(SourceTable source, String topic) {
    return decode.naming().table(source, topic);
  }

  /** Name in the target of a source column. */
  public String column(String name) {
    return decode.columnCase().of(name);
  }

  /** Whether the filters of fields let a column through; those of the key always are. */
  public boolean writes(SourceTable table, String column) {
    return decode.fields().keeps(table, column);
  }

  /** Columns that {@code key.columns} makes the key of a source table; empty: the source's key. */
  public List<String> keyColumns(SourceTable table, String topic) {
    return decode.keys().columns(table, table(table, topic));
  }
}
