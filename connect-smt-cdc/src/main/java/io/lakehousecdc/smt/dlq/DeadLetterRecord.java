// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import io.lakehousecdc.smt.event.ServiceMessages;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The struct that replaces the value of an invalid record, for the sink to write to its dead-letter
 * table. The sink recognises it by the schema's name; schema and name are the whole contract
 * between the two.
 */
public final class DeadLetterRecord {
  /** Name by which a sink recognises a dead letter. */
  public static final String SCHEMA_NAME = ServiceMessages.DEAD_LETTER;

  /** Version 1: fields may be added to it, none removed. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name(SCHEMA_NAME)
          .version(1)
          .doc("A record that is no valid change event")
          .field("topic", Schema.STRING_SCHEMA)
          .field("partition", Schema.OPTIONAL_INT32_SCHEMA)
          .field("offset", Schema.OPTIONAL_INT64_SCHEMA)
          .field("key", Schema.OPTIONAL_STRING_SCHEMA)
          .field("value", Schema.OPTIONAL_STRING_SCHEMA)
          .field("op", Schema.OPTIONAL_STRING_SCHEMA)
          .field("error_class", Schema.STRING_SCHEMA)
          .field("error_message", Schema.STRING_SCHEMA)
          .field("created_at", Schema.INT64_SCHEMA)
          .field("retries", Schema.INT32_SCHEMA)
          .build();

  private DeadLetterRecord() {}

  /**
   * The dead letter of a record: its key and value in full as text, its original topic, partition
   * and offset, and the number of times that it was replayed.
   *
   * @param op operation; null if it cannot be read
   * @param reason what is wrong with the record
   * @param createdAtMillis now, in milliseconds since 1970
   */
  public static Struct of(SinkRecord record, String op, String reason, long createdAtMillis) {
    return new Struct(SCHEMA)
        .put("topic", record.originalTopic())
        .put("partition", record.originalKafkaPartition())
        .put("offset", record.originalKafkaOffset())
        .put("key", JsonText.of(record.keySchema(), record.key()))
        .put("value", JsonText.of(record.valueSchema(), record.value()))
        .put("op", op)
        .put("error_class", DataException.class.getName())
        .put("error_message", reason)
        .put("created_at", createdAtMillis)
        .put("retries", Retries.of(record.headers()));
  }
}
