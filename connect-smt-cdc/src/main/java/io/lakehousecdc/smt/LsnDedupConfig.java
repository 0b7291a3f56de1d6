// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.order.EpochPolicy;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The configuration of {@link LsnDedup}. */
final class LsnDedupConfig extends AbstractConfig {
  static final String MODE = "mode";
  static final String HEADER_NAME = "header.name";
  static final String SOURCE_EPOCH = "source.epoch";
  static final String FLATTENED_PREFIX = "flattened.prefix";
  static final String MAX_ENTRIES = "max.entries";
  static final String MAX_BYTES = "max.bytes";
  static final String METRICS_ID = "metrics.id";

  private static final String AUTO = "auto";
  private static final String DUPLICATES = "Duplicates";
  private static final String ORDER = "Order";
  private static final String MEMORY = "Memory";
  private static final String METRICS = "Metrics";

  static final ConfigDef CONFIG_DEF =
      new ConfigDef()
          .define(
              MODE,
              Type.STRING,
              "drop",
              Validators.oneOf("drop", "header"),
              Importance.HIGH,
              "What happens to a duplicate: 'drop' removes it, 'header' lets it pass with a header"
                  + " added, for another transform or the sink to act on.",
              DUPLICATES,
              1,
              Width.SHORT,
              "Mode")
          .define(
              HEADER_NAME,
              Type.STRING,
              "cdc.duplicate",
              new ConfigDef.NonEmptyString(),
              Importance.LOW,
              "Name of the header that marks a duplicate where mode is 'header'. Its value is the"
                  + " boolean true; other records do not get it.",
              DUPLICATES,
              2,
              Width.MEDIUM,
              "Header name")
          .define(
              SOURCE_EPOCH,
              Type.STRING,
              AUTO,
              Validators.autoOrNumber(),
              Importance.MEDIUM,
              "Epoch of the source's LSNs. With 'auto', a change at a lower position that was"
                  + " committed later than what was seen begins a new epoch and passes: the source"
                  + " has moved to another cluster, failed over or been restored. With a number,"
                  + " a lower position of the same source is always a duplicate.",
              ORDER,
              1,
              Width.SHORT,
              "Source epoch")
          .define(
              FLATTENED_PREFIX,
              Type.STRING,
              "__",
              Importance.LOW,
              "What precedes the names of metadata fields and headers in flattened records:"
                  + " add.fields.prefix and add.headers.prefix of ExtractNewRecordState. Needed"
                  + " are source.sequence, and for epochs source.ts_ms (or ts_us, ts_ns); op,"
                  + " source.snapshot, source.schema, source.table, source.name, source.db and"
                  + " source.connector are used where present.",
              ORDER,
              2,
              Width.SHORT,
              "Prefix of flattened metadata")
          .define(
              MAX_ENTRIES,
              Type.LONG,
              500_000L,
              ConfigDef.Range.atLeast(1),
              Importance.MEDIUM,
              "How many keys are remembered at most in one task; the least recently used are"
                  + " forgotten first. A duplicate whose key was forgotten passes.",
              MEMORY,
              1,
              Width.SHORT,
              "Remembered keys")
          .define(
              MAX_BYTES,
              Type.LONG,
              64L * 1024 * 1024,
              ConfigDef.Range.atLeast(1),
              Importance.MEDIUM,
              "Heap in bytes that the remembered keys of one task may take, by estimate.",
              MEMORY,
              2,
              Width.SHORT,
              "Memory of keys")
          .define(
              METRICS_ID,
              Type.STRING,
              "transform",
              Validators.beanId(),
              Importance.LOW,
              "Names the MBean io.lakehousecdc:type=lsn-dedup,id=<metrics.id>-<n>; use the"
                  + " connector's name. A number keeps the tasks of one worker apart.",
              METRICS,
              1,
              Width.MEDIUM,
              "Metrics id");

  LsnDedupConfig(Map<String, ?> originals) {
    super(CONFIG_DEF, originals);
  }

  boolean marks() {
    return getString(MODE).equals("header");
  }

  String headerName() {
    return getString(HEADER_NAME);
  }

  EpochPolicy epochs() {
    String epoch = getString(SOURCE_EPOCH).toLowerCase(Locale.ROOT);
    return epoch.equals(AUTO) ? EpochPolicy.AUTOMATIC : EpochPolicy.fixed(Integer.parseInt(epoch));
  }

  String flattenedPrefix() {
    return getString(FLATTENED_PREFIX);
  }

  long maxEntries() {
    return getLong(MAX_ENTRIES);
  }

  long maxBytes() {
    return getLong(MAX_BYTES);
  }

  String metricsId() {
    return getString(METRICS_ID);
  }
}
