// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import io.debezium.transforms.ExtractNewRecordState;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The form in which records reach the sink: enveloped as the source made them, or flattened by the
 * real {@code ExtractNewRecordState}; with their schemas, or as JSON without schemas (through the
 * real {@code JsonConverter}).
 *
 * @param flattening configuration of {@code ExtractNewRecordState}; empty if it is not used
 */
record RecordShape(Optional<Map<String, String>> flattening, Schemas schemas) {
  /** Whether the topic's converter keeps schemas. */
  enum Schemas {
    KEPT,
    LOST
  }

  static final RecordShape ENVELOPE = new RecordShape(Optional.empty(), Schemas.KEPT);

  /** One instance per configuration keeps the flattened schemas identical from record to record. */
  private static final Map<Map<String, String>, ExtractNewRecordState<SinkRecord>> TRANSFORMS =
      new ConcurrentHashMap<>();

  RecordShape flattened(Map<String, String> configuration) {
    return new RecordShape(Optional.of(new TreeMap<>(configuration)), schemas);
  }

  RecordShape schemaless() {
    return new RecordShape(flattening, Schemas.LOST);
  }

  /** The record in this shape; empty where {@code ExtractNewRecordState} drops it. */
  Optional<SinkRecord> of(SinkRecord envelope) {
    Optional<SinkRecord> shaped =
        flattening.isEmpty() ? Optional.of(envelope) : flatten(envelope, flattening.get());
    return shaped.map(record -> schemas == Schemas.LOST ? throughJson(record) : record);
  }

  private static Optional<SinkRecord> flatten(
      SinkRecord envelope, Map<String, String> configuration) {
    ExtractNewRecordState<SinkRecord> transform =
        TRANSFORMS.computeIfAbsent(configuration, RecordShape::transform);
    synchronized (transform) {
      return Optional.ofNullable(transform.apply(envelope));
    }
  }

  private static ExtractNewRecordState<SinkRecord> transform(Map<String, String> configuration) {
    ExtractNewRecordState<SinkRecord> transform = new ExtractNewRecordState<>();
    transform.configure(configuration);
    return transform;
  }

  private static SinkRecord throughJson(SinkRecord record) {
    Map<String, String> configuration =
        Map.of("schemas.enable", "false", "replace.null.with.default", "false");
    try (JsonConverter keys = new JsonConverter();
        JsonConverter values = new JsonConverter()) {
      keys.configure(configuration, true);
      values.configure(configuration, false);
      SchemaAndValue key =
          keys.toConnectData(
              record.topic(),
              keys.fromConnectData(record.topic(), record.keySchema(), record.key()));
      SchemaAndValue value =
          values.toConnectData(
              record.topic(),
              values.fromConnectData(record.topic(), record.valueSchema(), record.value()));
      return record.newRecord(
          record.topic(),
          record.kafkaPartition(),
          key.schema(),
          key.value(),
          value.schema(),
          value.value(),
          record.timestamp(),
          record.headers());
    }
  }
}
