// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The builders of the records that a Debezium PostgreSQL source emits, in every form in which a
 * sink can receive them:
 *
 * <pre>{@code
 * DebeziumTable orders =
 *     DebeziumRecords.table("public", "orders")
 *         .key("id", Schema.INT64_SCHEMA)
 *         .column("note", Schema.OPTIONAL_STRING_SCHEMA);
 * SinkRecord insert = orders.create(100, 120, 1L, "x").at(0, 7);
 * SinkRecord flat = orders.flattened().schemaless().create(100, 120, 1L, "x").at(0, 7);
 * }</pre>
 */
public final class DebeziumRecords {
  /** Debezium's default placeholder for a TOAST value that an update did not touch. */
  public static final String UNAVAILABLE_VALUE = "__debezium_unavailable_value";

  /** Give this as a column's value for an untouched TOAST value, whatever the column's type. */
  public static final Object UNCHANGED = Unchanged.UNCHANGED;

  /** The configuration of {@code ExtractNewRecordState} that loses the least. */
  public static final Map<String, String> FLATTENED =
      Map.of(
          "delete.tombstone.handling.mode", "rewrite",
          "add.fields", "op,lsn,source.sequence,source.snapshot,source.ts_ms",
          "replace.null.with.default", "false");

  private DebeziumRecords() {}

  /** A table without columns in server "src", database "shop". */
  public static DebeziumTable table(String schema, String name) {
    return DebeziumTable.named(schema, name);
  }

  /** Several events of one topic partition, at successive offsets; dropped ones take none. */
  public static List<SinkRecord> at(
      int partition, long firstOffset, List<? extends DebeziumEvent> events) {
    List<SinkRecord> records = new ArrayList<>();
    for (DebeziumEvent event : events) {
      event
          .deliveredAt(event.topic(), partition, firstOffset + records.size())
          .ifPresent(records::add);
    }
    return records;
  }

  /** A heartbeat in {@code __debezium-heartbeat.<topic.prefix>}. */
  public static DebeziumEvent heartbeat(String topicPrefix, long tsMs) {
    return other(
        "__debezium-heartbeat." + topicPrefix,
        new Struct(EnvelopeSchemas.HEARTBEAT_KEY).put("serverName", topicPrefix),
        new Struct(EnvelopeSchemas.HEARTBEAT_VALUE).put("ts_ms", tsMs),
        tsMs);
  }

  /** The begin of a transaction, in {@code <topic.prefix>.transaction}; its id is "txId:lsn". */
  public static DebeziumEvent begin(String topicPrefix, String id, long tsMs) {
    return boundary(topicPrefix, id, tsMs, transactionValue("BEGIN", id, tsMs));
  }

  /**
   * The end of a transaction.
   *
   * @param eventsPerTable number of events by "schema.table"
   */
  public static DebeziumEvent end(
      String topicPrefix, String id, long tsMs, Map<String, Long> eventsPerTable) {
    Schema tableCount =
        EnvelopeSchemas.TRANSACTION_VALUE.field("data_collections").schema().valueSchema();
    List<Struct> tables = new ArrayList<>();
    long total = 0;
    for (Map.Entry<String, Long> table : eventsPerTable.entrySet()) {
      total += table.getValue();
      tables.add(
          new Struct(tableCount)
              .put("data_collection", table.getKey())
              .put("event_count", table.getValue()));
    }
    Struct value =
        transactionValue("END", id, tsMs).put("event_count", total).put("data_collections", tables);
    return boundary(topicPrefix, id, tsMs, value);
  }

  /** A logical message of {@code pg_logical_emit_message}, in {@code <topic.prefix>.message}. */
  public static DebeziumEvent message(
      String topicPrefix, long commitLsn, long lsn, String messagePrefix, byte[] content) {
    SourceBlock source = SourceBlock.streamed(commitLsn, lsn);
    return other(
        topicPrefix + ".message",
        new Struct(EnvelopeSchemas.MESSAGE_KEY).put("prefix", messagePrefix),
        new Struct(EnvelopeSchemas.MESSAGE_VALUE)
            .put("op", "m")
            .put("ts_ms", source.tsMs() + 1)
            .put("source", source.struct(topicPrefix, "shop", "", ""))
            .put(
                "message",
                new Struct(EnvelopeSchemas.MESSAGE_BLOCK)
                    .put("prefix", messagePrefix)
                    .put("content", ByteBuffer.wrap(content))),
        source.tsMs());
  }

  private static Struct transactionValue(String status, String id, long tsMs) {
    return new Struct(EnvelopeSchemas.TRANSACTION_VALUE)
        .put("status", status)
        .put("id", id)
        .put("ts_ms", tsMs);
  }

  private static DebeziumEvent boundary(String topicPrefix, String id, long tsMs, Struct value) {
    return other(
        topicPrefix + ".transaction",
        new Struct(EnvelopeSchemas.TRANSACTION_KEY).put("id", id),
        value,
        tsMs);
  }

  private static DebeziumEvent other(String topic, Struct key, Struct value, long tsMs) {
    return new OtherEvent(topic, key, value, tsMs, RecordShape.ENVELOPE);
  }
}
