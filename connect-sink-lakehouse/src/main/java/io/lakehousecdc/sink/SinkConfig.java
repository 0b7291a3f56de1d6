// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static io.lakehousecdc.sink.SinkSettings.*;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.decode.table.ColumnCase;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.sink.error.Disclosure;
import io.lakehousecdc.sink.pipeline.DataSize;
import io.lakehousecdc.sink.pipeline.PipelineOptions;
import io.lakehousecdc.sink.pipeline.PipelineOptions.TruncateMode;
import io.lakehousecdc.sink.pipeline.PipelineOptions.WhenIdle;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/** The parsed configuration of the sink, as options of its parts. Immutable. */
final class SinkConfig extends AbstractConfig {
  /** Far longer than a worker's poll takes, so that silence means that there is nothing. */
  private static final Duration SNAPSHOT_QUIET = Duration.ofSeconds(5);

  /** Far below any max.poll.interval.ms. */
  private static final Duration MAX_CALL_WAIT = Duration.ofSeconds(2);

  private static final String INCLUDE_MESSAGES = "errors.log.include.messages";

  private final TargetFactory factory;
  private final Map<String, String> raw;

  /**
   * @throws ConfigException a value is missing or malformed; the message names its key
   */
  SinkConfig(Map<String, String> raw) {
    super(SinkSettings.DEFINITION, raw, false);
    this.raw = Map.copyOf(raw);
    this.factory =
        Targets.named(getString(TARGET))
            .orElseThrow(
                () ->
                    new ConfigException(
                        TARGET, getString(TARGET), "is none of " + Targets.names()));
    for (Setting setting : factory.settings()) {
      String value = raw.get(setting.key());
      if (setting.required() && (value == null || value.isBlank())) {
        throw new ConfigException(
            setting.key(), null, "is required where target=" + factory.name());
      }
    }
    decodeOptions();
  }

  private SinkConfig(Map<String, String> raw, TargetFactory factory) {
    super(SinkSettings.DEFINITION, raw, false);
    this.raw = Map.copyOf(raw);
    this.factory = factory;
  }

  /**
   * A configuration that may lack what the target requires, to check the rest of it.
   *
   * @param raw settings of which each one is well-formed; {@code target} may be missing
   * @param factory of the target
   */
  static SinkConfig incomplete(Map<String, String> raw, TargetFactory factory) {
    Map<String, String> settings = new HashMap<>(raw);
    settings.put(TARGET, factory.name());
    settings.values().removeIf(Objects::isNull);
    return new SinkConfig(settings, factory);
  }

  TargetFactory factory() {
    return factory;
  }

  /** Whether messages may hold values of records, as Connect's own setting says. */
  Disclosure disclosure() {
    return "true".equalsIgnoreCase(raw.getOrDefault(INCLUDE_MESSAGES, "").strip())
        ? Disclosure.VALUES
        : Disclosure.NAMES;
  }

  String connectorName() {
    return raw.getOrDefault("name", "connect-lakehouse");
  }

  /** {@code tasks.max}, which Connect passes to each task, too. */
  int maxTasks() {
    return Integer.parseInt(raw.getOrDefault("tasks.max", "1"));
  }

  TableOptions tables() {
    return new TableOptions(
        choice(WriteMode.class, WRITE_MODE),
        choice(DeleteMode.class, DELETE_MODE),
        choice(Evolution.class, SCHEMA_EVOLUTION),
        choice(DroppedColumns.class, SCHEMA_DROPPED_COLUMNS),
        new MetadataColumns(
            getString(METADATA_OP),
            getString(METADATA_TS),
            getString(METADATA_LSN),
            getString(METADATA_COMMIT_LSN),
            getString(METADATA_EPOCH),
            getString(METADATA_DELETED),
            named(METADATA_UNCHANGED),
            named(METADATA_FIRST_SEEN),
            named(METADATA_LAST_SEEN),
            getString(APPEND_IMAGES).equals("both")
                ? Optional.of(getString(METADATA_CHANGE_TYPE))
                : Optional.empty(),
            named(METADATA_TXID)),
        named(DEAD_LETTER_TABLE),
        choice(SourceRelation.class, SOURCE_RELATION),
        choice(SchemalessTime.class, SCHEMALESS_TIME_UNIT),
        choice(WriteMode.class, WRITE_MODE) == WriteMode.HISTORY
            ? Optional.of(HistorySettings.options(this))
            : Optional.empty());
  }

  TargetSettings targetSettings() {
    Map<String, String> values = new HashMap<>();
    Set<String> declared = new HashSet<>();
    for (Setting setting : factory.settings()) {
      declared.add(setting.key());
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    String prefix = factory.name() + ".";
    raw.forEach(
        (key, value) -> {
          if ((key.startsWith(prefix) || declared.contains(key)) && value != null) {
            values.put(key, value);
          }
        });
    return new TargetSettings(values, tables());
  }

  DecodeOptions decodeOptions() {
    try {
      return new DecodeOptions(
          TableNaming.parse(getString(TABLE_NAME_FORMAT), getString(TABLE_NAME_MAP)),
          KeyOverrides.parse(getString(KEY_COLUMNS)),
          FieldFilter.parse(getString(FIELD_INCLUDE_LIST), getString(FIELD_EXCLUDE_LIST)),
          choice(ColumnCase.class, COLUMN_NAME_CASE),
          getString(UNAVAILABLE_VALUE_PLACEHOLDER),
          getString(FLATTENED_PREFIX));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  PipelineOptions pipelineOptions() {
    TargetFactory.FlushDefaults defaults = factory.flushDefaults();
    return new PipelineOptions(
        tables(),
        choice(TruncateMode.class, TRUNCATE_MODE),
        epochs(getString(SOURCE_EPOCH)),
        new PipelineOptions.Sweeping(
            getBoolean(SNAPSHOT_SWEEP) ? Sweep.Mode.REMOVE : Sweep.Mode.REPORT,
            SNAPSHOT_QUIET,
            maxTasks()),
        new PipelineOptions.RememberedDeletes(
            millis(getLong(DELETE_MEMORY_MS)), getInt(DELETE_MEMORY_ENTRIES)),
        new PipelineOptions.Flushing(
            millis(orElse(getLong(FLUSH_INTERVAL_MS), defaults.intervalMillis())),
            whenIdle(defaults),
            (int)
                Math.min(
                    orElse(getLong(FLUSH_MAX_RECORDS), defaults.maxRecords()), Integer.MAX_VALUE),
            DataSize.ofBytes(orElse(getLong(FLUSH_MAX_BYTES), defaults.maxBytes())),
            DataSize.ofBytes(getLong(BUFFER_MAX_BYTES))),
        new PipelineOptions.Waiting(
            millis(getLong(RETRY_TIMEOUT_MS)), millis(getLong(CONSTRAINT_WAIT_MS)), MAX_CALL_WAIT),
        transactions().batches(),
        StatusSettings.options(this));
  }

  TransactionSettings transactions() {
    return new TransactionSettings(this);
  }

  private WhenIdle whenIdle(TargetFactory.FlushDefaults defaults) {
    Boolean wanted = getBoolean(FLUSH_WHEN_IDLE);
    boolean flushes = wanted == null ? defaults.whenIdle() : wanted;
    return flushes ? WhenIdle.FLUSH : WhenIdle.WAIT;
  }

  /** Values of secret settings, to keep them out of messages. */
  List<String> secrets() {
    return factory.settings().stream()
        .filter(setting -> setting.kind() == Setting.Kind.SECRET)
        .map(setting -> raw.get(setting.key()))
        .filter(value -> value != null && !value.isEmpty())
        .toList();
  }

  private Optional<String> named(String key) {
    return Optional.ofNullable(getString(key)).filter(name -> !name.isBlank());
  }

  private <E extends Enum<E>> E choice(Class<E> type, String key) {
    return Enum.valueOf(type, getString(key).toUpperCase(Locale.ROOT));
  }

  private static Duration millis(long value) {
    return Duration.ofMillis(value);
  }

  private static long orElse(Long value, long fallback) {
    return value == null ? fallback : value;
  }

  private static EpochPolicy epochs(String text) {
    return text.equals("auto")
        ? EpochPolicy.AUTOMATIC
        : EpochPolicy.automaticFrom(Integer.parseInt(text));
  }
}
