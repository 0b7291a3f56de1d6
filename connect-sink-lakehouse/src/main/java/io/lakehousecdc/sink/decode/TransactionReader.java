// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.debezium.data.Envelope.FieldName.OPERATION;
import static io.debezium.data.Envelope.FieldName.SOURCE;

import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.Begin;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.change.TransactionInfo.Part;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of what records say of their transactions: Debezium's {@code transaction} block, and
 * the records of its topic of transactions. It reads records that cannot be decoded, too, since
 * they are counted like all others. Not thread-safe.
 */
public final class TransactionReader {
  private String lastSchema;
  private String lastTable;
  private String lastCollection;

  /** What a change says of its transaction; empty for rows of snapshots and other records. */
  public Optional<TransactionInfo> part(SinkRecord record) {
    Object block = member(record.value(), "transaction");
    Object source = member(record.value(), SOURCE);
    String id = text(member(block, "id"));
    if (id == null || source == null || "m".equals(text(member(record.value(), OPERATION)))) {
      return Optional.empty();
    }
    return Optional.of(
        new Part(
            text(member(source, "name")),
            number(id),
            Attributes.number(member(source, "ts_ms"), 0),
            collection(text(member(source, "schema")), text(member(source, "table"))),
            Attributes.number(member(block, "data_collection_order"), 0)));
  }

  /**
   * What a record of a topic of transactions says. The source's name is that of the topic without
   * its last segment.
   */
  public Optional<TransactionInfo> boundary(SinkRecord record) {
    String id = text(member(record.value(), "id"));
    String status = text(member(record.value(), "status"));
    if (id == null || status == null) {
      return Optional.empty();
    }
    String source = sourceOf(record.originalTopic());
    long millis = Attributes.number(member(record.value(), "ts_ms"), 0);
    return switch (status) {
      case "BEGIN" -> Optional.of(new Begin(source, number(id), millis));
      case "END" ->
          Optional.of(new End(source, number(id), millis, lsn(id), changes(record.value())));
      default -> Optional.empty();
    };
  }

  /** Name of the source that a topic of transactions belongs to. */
  private static String sourceOf(String topic) {
    int dot = topic.lastIndexOf('.');
    return dot < 0 ? topic : topic.substring(0, dot);
  }

  private static Map<String, Long> changes(Object value) {
    Map<String, Long> changes = new HashMap<>();
    if (member(value, "data_collections") instanceof List<?> collections) {
      for (Object each : collections) {
        String collection = text(member(each, "data_collection"));
        if (collection != null) {
          changes.merge(collection, Attributes.number(member(each, "event_count"), 0), Long::sum);
        }
      }
    }
    return changes;
  }

  /** The number in {@code number:LSN}; the LSN is that of the record, and not the transaction's. */
  private static String number(String id) {
    int colon = id.indexOf(':');
    return colon < 0 ? id : id.substring(0, colon);
  }

  private static long lsn(String id) {
    int colon = id.indexOf(':');
    return colon < 0 ? -1 : Attributes.number(id.substring(colon + 1), -1);
  }

  /** One text for successive records of a table. */
  private String collection(String schema, String table) {
    if (!String.valueOf(table).equals(lastTable) || !String.valueOf(schema).equals(lastSchema)) {
      lastSchema = String.valueOf(schema);
      lastTable = String.valueOf(table);
      lastCollection = lastSchema + "." + lastTable;
    }
    return lastCollection;
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }

  private static Object member(Object container, String name) {
    if (container instanceof Struct struct) {
      Field field = struct.schema().field(name);
      return field == null ? null : struct.getWithoutDefault(name);
    }
    return container instanceof Map<?, ?> map ? map.get(name) : null;
  }
}
