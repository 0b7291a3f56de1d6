// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.decode.type.ConnectJson;
import io.lakehousecdc.sink.decode.type.Scalars;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/** Factory of dead letters for records that cannot be decoded. */
final class DeadLetters {
  /** Schema name of the dead letters that {@code DlqRouter} writes. */
  static final String LETTER_SCHEMA = "io.lakehousecdc.DeadLetter";

  /** Header that {@code DeadLetterReplayer} sets on a record. */
  private static final String RETRIES = "dlq.retries";

  private static final String ERROR_CLASS = "DecodeError";

  private DeadLetters() {}

  static Decoded.Rejected of(SinkRecord record, String problem) {
    RecordOffset offset = RecordDecoder.offset(record);
    return new Decoded.Rejected(
        letter(
            record,
            ERROR_CLASS,
            "The record at %s cannot be decoded. %s".formatted(offset, problem)));
  }

  static DeadLetter letter(SinkRecord record, String errorClass, String message) {
    return new DeadLetter(
        RecordDecoder.offset(record),
        text(record.keySchema(), record.key()),
        text(record.valueSchema(), record.value()),
        operation(record.value()),
        errorClass,
        message,
        System.currentTimeMillis(),
        retries(record));
  }

  /** Number of times that the record was replayed, by the replayer's header; 0 without it. */
  static int retries(SinkRecord record) {
    Header header = record.headers().lastWithName(RETRIES);
    return header == null ? 0 : (int) Attributes.number(header.value(), 0);
  }

  /**
   * The dead letter in a record that {@code DlqRouter} has made. Missing fields are taken from the
   * record.
   */
  static Decoded.Rejected ofLetter(SinkRecord record, Object value) {
    Struct letter = (Struct) value;
    RecordOffset own = RecordDecoder.offset(record);
    Object topic = member(letter, "topic");
    RecordOffset offset =
        topic == null
            ? own
            : new RecordOffset(
                new SourcePartition(
                    topic.toString(),
                    (int)
                        Attributes.number(
                            member(letter, "partition"), own.partition().partition())),
                Attributes.number(member(letter, "offset"), own.offset()));
    return new Decoded.Rejected(
        new DeadLetter(
            offset,
            text(null, member(letter, "key")),
            text(null, member(letter, "value")),
            text(null, member(letter, "op")),
            text(null, member(letter, "error_class")),
            text(null, member(letter, "error_message")),
            millis(member(letter, "created_at"), record.timestamp()),
            (int) Attributes.number(member(letter, "retries"), 0)));
  }

  /**
   * A key or value as text: text as it is, bytes as UTF-8 or else in Base64, anything else as JSON;
   * null for null.
   */
  static String text(Schema schema, Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (!(value instanceof byte[] || value instanceof ByteBuffer)) {
      return ConnectJson.text(schema, value);
    }
    byte[] bytes = Scalars.bytes(value);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  private static String operation(Object value) {
    for (String name : new String[] {"op", "__op"}) {
      Object operation =
          value instanceof Struct struct
              ? member(struct, name)
              : value instanceof Map<?, ?> map ? map.get(name) : null;
      if (operation instanceof String text) {
        return text;
      }
    }
    return null;
  }

  private static long millis(Object time, Long fallback) {
    if (time instanceof java.util.Date date) {
      return date.getTime();
    }
    return Attributes.number(time, fallback == null ? System.currentTimeMillis() : fallback);
  }

  private static Object member(Struct struct, String name) {
    return struct.schema().field(name) == null ? null : struct.getWithoutDefault(name);
  }
}
