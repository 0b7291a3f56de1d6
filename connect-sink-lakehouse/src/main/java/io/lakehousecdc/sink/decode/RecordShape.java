// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.debezium.data.Envelope.FieldName.AFTER;
import static io.debezium.data.Envelope.FieldName.BEFORE;
import static io.debezium.data.Envelope.FieldName.OPERATION;
import static io.debezium.data.Envelope.FieldName.SOURCE;

import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layout.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The shapes of records other than a flattened row, in the order in which they are tried. A shape
 * is recognised by the name that Debezium gives its schema, or by the names and types of all its
 * members: a table may have columns {@code op}, {@code source} and {@code ts_ms}.
 */
enum RecordShape {
  /** A dead letter that {@code DlqRouter} has written. */
  DEAD_LETTER {
    @Override
    boolean names(Layout layout) {
      return layout.schemaName().equals(DeadLetters.LETTER_SCHEMA);
    }
  },
  HEARTBEAT {
    @Override
    boolean names(Layout layout) {
      return layout.schemaName().endsWith(".Heartbeat") || layout.names().equals(List.of("ts_ms"));
    }

    /** Without the schema's name the key tells: that of a heartbeat is the server's name. */
    @Override
    boolean matches(Layout layout, SinkRecord record) {
      return layout.schemaName().endsWith(".Heartbeat")
          || record.key() instanceof Map<?, ?> map && map.containsKey(SERVER)
          || record.key() instanceof Struct key && key.schema().field(SERVER) != null;
    }
  },
  TRANSACTION_BOUNDARY {
    private final Set<String> members =
        Set.of("status", "id", "event_count", "data_collections", "ts_ms");

    @Override
    boolean names(Layout layout) {
      return layout.schemaName().endsWith(".TransactionMetadataValue")
          || layout.names().containsAll(List.of("status", "id", "event_count", "data_collections"))
              && members.containsAll(layout.names());
    }

    @Override
    boolean matches(Layout layout, SinkRecord record) {
      return layout.schemaName().endsWith(".TransactionMetadataValue")
          || kind(layout, "event_count", record).mayBe(Kind.INTEGER)
              && kind(layout, "data_collections", record).mayBe(Kind.LIST);
    }
  },
  SCHEMA_CHANGE {
    @Override
    boolean names(Layout layout) {
      return layout.schemaName().endsWith(".SchemaChangeValue")
          || layout.names().containsAll(List.of("databaseName", "ddl", "tableChanges"));
    }

    @Override
    boolean matches(Layout layout, SinkRecord record) {
      return layout.schemaName().endsWith(".SchemaChangeValue")
          || kind(layout, "tableChanges", record).mayBe(Kind.LIST);
    }
  },
  NOTIFICATION {
    @Override
    boolean names(Layout layout) {
      return layout.schemaName().endsWith("io.debezium.connector.common.Notification");
    }
  },
  /** An event in the envelope of the CloudEvents specification, from CloudEventsConverter. */
  CLOUD_EVENT {
    @Override
    boolean names(Layout layout) {
      return layout.has("specversion")
          && layout.names().stream().anyMatch(name -> name.startsWith("iodebezium"));
    }
  },
  ENVELOPE {
    @Override
    boolean names(Layout layout) {
      return layout.schemaName().endsWith(".Envelope")
          || layout.has(OPERATION)
              && layout.has(SOURCE)
              && (layout.has(BEFORE) || layout.has(AFTER) || layout.has(MESSAGE));
    }

    @Override
    boolean matches(Layout layout, SinkRecord record) {
      return layout.schemaName().endsWith(".Envelope")
          || kind(layout, OPERATION, record).mayBe(Kind.TEXT)
              && kind(layout, SOURCE, record) == Kind.STRUCT
              && isStructIfPresent(layout, BEFORE, record)
              && isStructIfPresent(layout, AFTER, record)
              && isStructIfPresent(layout, MESSAGE, record);
    }
  },
  /** JSON that holds its schema, which the converter has read as data. */
  JSON_WITH_SCHEMA {
    @Override
    boolean names(Layout layout) {
      return layout instanceof Layout.OfMap
          && layout.names().size() == 2
          && layout.has("schema")
          && layout.has("payload");
    }

    @Override
    boolean matches(Layout layout, SinkRecord record) {
      return kind(layout, "schema", record) == Kind.STRUCT;
    }
  };

  private static final String SERVER = "serverName";
  private static final String MESSAGE = "message";

  /** Whether the names of a layout allow this shape. */
  abstract boolean names(Layout layout);

  /**
   * Whether a record has this shape, if the names allow it. Where there is a schema, the answer is
   * the same for all records of a layout, except for a heartbeat whose schema has another name.
   */
  boolean matches(Layout layout, SinkRecord record) {
    return true;
  }

  /** The shapes that the names of a layout allow; none for most rows. */
  static List<RecordShape> allowedBy(Layout layout) {
    return Arrays.stream(values()).filter(shape -> shape.names(layout)).toList();
  }

  private static Kind kind(Layout layout, String name, SinkRecord record) {
    return layout.kind(name, record.value());
  }

  private static boolean isStructIfPresent(Layout layout, String name, SinkRecord record) {
    return !layout.has(name) || kind(layout, name, record).mayBe(Kind.STRUCT);
  }
}
