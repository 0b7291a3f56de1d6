// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** An event that belongs to no table: a heartbeat, a transaction's boundary, a logical message. */
record OtherEvent(String topic, Struct key, Struct value, long tsMs, RecordShape shape)
    implements DebeziumEvent {

  @Override
  public DebeziumEvent schemaless() {
    return new OtherEvent(topic, key, value, tsMs, shape.schemaless());
  }

  @Override
  public Optional<SinkRecord> deliveredAt(String topic, int partition, long offset) {
    return shape.of(
        new SinkRecord(
            topic,
            partition,
            key.schema(),
            key,
            value.schema(),
            value,
            offset,
            tsMs,
            TimestampType.CREATE_TIME));
  }
}
