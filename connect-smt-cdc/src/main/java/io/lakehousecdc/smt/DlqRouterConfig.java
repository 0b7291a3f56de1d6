// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.smt.dlq.ChangeRules;
import io.lakehousecdc.smt.dlq.FieldType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The configuration of {@link DlqRouter}. */
final class DlqRouterConfig extends AbstractConfig {
  static final String TOPIC_FORMAT = "dlq.topic.format";
  static final String SINK_MODE = "sink.mode";
  static final String SHAPE = "record.shape";
  static final String FLATTENED_PREFIX = "flattened.prefix";
  static final String ALLOWED_OPS = "allowed.ops";
  static final String KEY_REQUIRED = "key.required";
  static final String REQUIRED_FIELDS = "required.fields";
  static final String FIELD_TYPES = "field.types";
  static final String POSITION_REQUIRED = "position.required";
  static final String SCHEMA_REQUIRED = "schema.required";
  static final String MAX_BYTES = "max.bytes";
  static final String METRICS_ID = "metrics.id";

  private static final String TOPIC = "${topic}";
  private static final String ROUTING = "Routing";
  private static final String CHECKS = "Checks";
  private static final String METRICS = "Metrics";

  static final ConfigDef CONFIG_DEF =
      new ConfigDef()
          .define(
              TOPIC_FORMAT,
              Type.STRING,
              TOPIC + ".dlq",
              new ConfigDef.NonEmptyString(),
              Importance.HIGH,
              "In a source connector: topic that bad records go to; ${topic} is the one that they"
                  + " were meant for.",
              ROUTING,
              1,
              Width.MEDIUM,
              "Dead-letter topic")
          .define(
              SINK_MODE,
              Type.STRING,
              "fail",
              Validators.oneOf("fail", "table"),
              Importance.HIGH,
              "In a sink connector: 'fail' throws, so that Connect's error handling takes the"
                  + " record (its dead-letter topic with errors.tolerance=all, or a failed task);"
                  + " 'table' makes it a dead-letter record, which LakehouseSinkConnector writes"
                  + " to its dead.letter.table. Other sinks do not know such records.",
              ROUTING,
              2,
              Width.SHORT,
              "In a sink")
          .define(
              SHAPE,
              Type.STRING,
              "any",
              Validators.oneOf("any", "envelope", "flattened"),
              Importance.MEDIUM,
              "Which records are change events: 'envelope' only Debezium's envelopes; 'flattened'"
                  + " any struct or map is a row; 'any' an envelope, or a row with metadata"
                  + " (op, sequence or lsn, or __deleted) in fields or headers. Tombstones,"
                  + " heartbeats and transaction boundaries are always good.",
              CHECKS,
              1,
              Width.SHORT,
              "Shape")
          .define(
              ALLOWED_OPS,
              Type.LIST,
              "c,u,d,r,t,m",
              Validators.parsedBy(DlqRouterConfig::parseOps, "some of c, u, d, r, t, m"),
              Importance.MEDIUM,
              "Operations that may arrive: create, update, delete, read (snapshot), truncate,"
                  + " message.",
              CHECKS,
              2,
              Width.MEDIUM,
              "Operations")
          .define(
              KEY_REQUIRED,
              Type.BOOLEAN,
              true,
              Importance.MEDIUM,
              "Whether rows, deletes and tombstones must have a key. Switch off for tables without"
                  + " one.",
              CHECKS,
              3,
              Width.SHORT,
              "Key required")
          .define(
              REQUIRED_FIELDS,
              Type.LIST,
              "",
              Importance.MEDIUM,
              "Columns that every row must have, not null. Deletes are not checked: they have no"
                  + " row to rely on.",
              CHECKS,
              4,
              Width.LONG,
              "Required columns")
          .define(
              FIELD_TYPES,
              Type.LIST,
              "",
              Validators.parsedBy(DlqRouterConfig::parseTypes, "name:type, …"),
              Importance.MEDIUM,
              "What columns must be where they are present: name:type, the type being one of"
                  + " Connect's (INT64, STRING, …) or the full name of a semantic one"
                  + " (io.debezium.time.ZonedTimestamp), which schemaless data cannot be checked"
                  + " for. Deletes are not checked.",
              CHECKS,
              5,
              Width.LONG,
              "Types of columns")
          .define(
              POSITION_REQUIRED,
              Type.BOOLEAN,
              false,
              Importance.LOW,
              "Whether changes and truncates must have a readable source.sequence, without which"
                  + " they cannot be ordered.",
              CHECKS,
              6,
              Width.SHORT,
              "Position required")
          .define(
              SCHEMA_REQUIRED,
              Type.BOOLEAN,
              false,
              Importance.LOW,
              "Whether values must have a schema.",
              CHECKS,
              7,
              Width.SHORT,
              "Schema required")
          .define(
              MAX_BYTES,
              Type.LONG,
              0L,
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "Limit in bytes of the data in key and value (texts in UTF-8, binary, 8 for every"
                  + " other value; names and schemas do not count); 0 for none.",
              CHECKS,
              8,
              Width.SHORT,
              "Size limit")
          .define(
              FLATTENED_PREFIX,
              Type.STRING,
              "__",
              Importance.LOW,
              "What precedes the names of metadata fields and headers in flattened records:"
                  + " add.fields.prefix and add.headers.prefix of ExtractNewRecordState.",
              CHECKS,
              9,
              Width.SHORT,
              "Prefix of flattened metadata")
          .define(
              METRICS_ID,
              Type.STRING,
              "transform",
              Validators.beanId(),
              Importance.LOW,
              "Names the MBean io.lakehousecdc:type=dlq-router,id=<metrics.id>-<n>; use the"
                  + " connector's name. A number keeps the tasks of one worker apart.",
              METRICS,
              1,
              Width.MEDIUM,
              "Metrics id");

  DlqRouterConfig(Map<String, ?> originals) {
    super(CONFIG_DEF, originals);
    if (deadLetterTopic("t").equals("t")) {
      throw new ConfigException(
          TOPIC_FORMAT,
          getString(TOPIC_FORMAT),
          "Bad records would go to the topic that they are kept from; add a suffix");
    }
  }

  /** The dead-letter topic for records of this topic. */
  String deadLetterTopic(String topic) {
    return getString(TOPIC_FORMAT).replace(TOPIC, topic);
  }

  boolean writesToTable() {
    return getString(SINK_MODE).equals("table");
  }

  String metricsId() {
    return getString(METRICS_ID);
  }

  ChangeRules rules() {
    return new ChangeRules(
        ChangeRules.Shape.valueOf(getString(SHAPE).toUpperCase(Locale.ROOT)),
        getString(FLATTENED_PREFIX),
        parseOps(getList(ALLOWED_OPS)),
        getBoolean(KEY_REQUIRED),
        getBoolean(POSITION_REQUIRED),
        getBoolean(SCHEMA_REQUIRED),
        Set.copyOf(getList(REQUIRED_FIELDS)),
        parseTypes(getList(FIELD_TYPES)),
        getLong(MAX_BYTES));
  }

  private static Set<String> parseOps(List<String> ops) {
    Set<String> parsed = Set.copyOf(ops);
    if (parsed.isEmpty() || !ChangeRules.KNOWN_OPS.containsAll(parsed)) {
      throw new IllegalArgumentException("Use some of c, u, d, r, t, m");
    }
    return parsed;
  }

  private static Map<String, FieldType> parseTypes(List<String> pairs) {
    Map<String, FieldType> types = new HashMap<>();
    for (String pair : pairs) {
      Map.Entry<String, String> parsed = Validators.pair(pair);
      if (types.put(parsed.getKey(), FieldType.parse(parsed.getValue())) != null) {
        throw new IllegalArgumentException("'" + parsed.getKey() + "' is there twice");
      }
    }
    return types;
  }
}
