// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of Connect's dead letter queue: records as bytes, with headers that hold the original
 * topic, partition and offset and the error ({@code
 * errors.deadletterqueue.context.headers.enable=true}). Thus the dead-letter table can also store
 * records whose converter failed and which no sink has received. Header names are those of
 * Connect's {@code DeadLetterQueueReporter}.
 */
final class QueuedLetters {
  private static final String PREFIX = "__connect.errors.";
  private static final String TOPIC = PREFIX + "topic";
  private static final String CAUSE = "Caused by: ";

  private QueuedLetters() {}

  /**
   * Whether a record is a dead letter of Connect's queue. It is one only if it was read by {@code
   * ByteArrayConverter}: a record that was published again with all its headers is a normal change.
   */
  static boolean isLetter(SinkRecord record) {
    return record.valueSchema() != null
        && record.valueSchema().type() == Schema.Type.BYTES
        && record.headers().lastWithName(TOPIC) != null;
  }

  /** The dead letter, at the topic, partition and offset of the record that failed. */
  static Decoded.Rejected read(SinkRecord record) {
    long partition = Attributes.number(header(record, "partition"), record.kafkaPartition());
    long offset = Attributes.number(header(record, "offset"), record.kafkaOffset());
    return new Decoded.Rejected(
        new DeadLetter(
            new RecordOffset(new SourcePartition(header(record, "topic"), (int) partition), offset),
            DeadLetters.text(record.keySchema(), record.key()),
            DeadLetters.text(record.valueSchema(), record.value()),
            null,
            header(record, "exception.class.name"),
            reason(record),
            System.currentTimeMillis(),
            DeadLetters.retries(record)));
  }

  /** The message and the root cause: a converter's message alone does not name the error. */
  private static String reason(SinkRecord record) {
    String message = header(record, "exception.message");
    String trace = header(record, "exception.stacktrace");
    int cause = trace == null ? -1 : trace.lastIndexOf(CAUSE);
    if (cause < 0) {
      return message;
    }
    String root = trace.substring(cause + CAUSE.length()).lines().findFirst().orElse("");
    return message == null ? root : message.strip() + " " + root;
  }

  private static String header(SinkRecord record, String name) {
    Header header = record.headers().lastWithName(PREFIX + name);
    return header == null ? null : DeadLetters.text(header.schema(), header.value());
  }
}
