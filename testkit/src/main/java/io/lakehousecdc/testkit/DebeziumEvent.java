// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/** An event as Debezium emits it; placed at a topic, partition and offset it is a record. */
public sealed interface DebeziumEvent permits TableEvent, OtherEvent {

  /** The topic that Debezium sends it to. */
  String topic();

  /** This event without its schemas, as {@code JsonConverter} with schemas off delivers it. */
  DebeziumEvent schemaless();

  /** The record in its topic, or empty where the flattening drops it (truncates, for example). */
  Optional<SinkRecord> deliveredAt(String topic, int partition, long offset);

  /** The record at a place in its own topic. */
  default SinkRecord at(int partition, long offset) {
    return at(topic(), partition, offset);
  }

  /**
   * The record at a place in any topic.
   *
   * @throws IllegalStateException where the flattening drops it
   */
  default SinkRecord at(String topic, int partition, long offset) {
    return deliveredAt(topic, partition, offset)
        .orElseThrow(
            () -> new IllegalStateException("ExtractNewRecordState drops this event: " + this));
  }

  /** The record as a transformation of the source connector sees it. */
  default SourceRecord sourceRecord() {
    SinkRecord record = at(0, 0);
    return new SourceRecord(
        Map.of("server", topic()),
        Map.of(),
        record.topic(),
        null,
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        record.headers());
  }
}
