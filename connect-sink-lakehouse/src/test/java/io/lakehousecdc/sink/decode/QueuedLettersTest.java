// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.decode.Decoded.Skipped;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Tests of reading Connect's dead letter queue with ByteArrayConverter. */
class QueuedLettersTest {
  private static final Map<String, Object> CONTEXT =
      Map.of(
          "__connect.errors.topic", "src.public.t",
          "__connect.errors.partition", (byte) 3, // as SimpleHeaderConverter reads it
          "__connect.errors.offset", "70000000000", // as StringConverter reads it
          "__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException",
          "__connect.errors.exception.message", "Converting byte[] failed: ");

  private final Decoding decoding = Decoding.withDefaults();

  @Test
  void letterHasThePlaceAndTheBytesOfTheRefusedRecord() {
    DeadLetter letter = decoding.rejected(queued("{\"id\":7}", "{not json", CONTEXT));
    assertEquals(
        new RecordOffset(new SourcePartition("src.public.t", 3), 70_000_000_000L),
        letter.recordOffset());
    assertEquals("{\"id\":7}", letter.key());
    assertEquals("{not json", letter.value());
    assertEquals("org.apache.kafka.connect.errors.DataException", letter.errorClass());
    assertEquals("Converting byte[] failed: ", letter.errorMessage());
    assertEquals(0, letter.retries());
    assertTrue(letter.createdAtMillis() > 0);
  }

  @Test
  void reasonNamesTheLastCauseOfTheTrace() {
    SinkRecord record = queued(null, "{not json", CONTEXT);
    record
        .headers()
        .addString(
            "__connect.errors.exception.stacktrace",
            "org.E: outer\n\tat a\nCaused by: org.F: middle\nCaused by: org.G: inner\n\tat b\n");
    assertEquals(
        "Converting byte[] failed: org.G: inner", decoding.rejected(record).errorMessage());
  }

  @Test
  void refusedTombstoneIsALetterToo() {
    assertNull(decoding.rejected(queued("{bad", null, CONTEXT)).value());
  }

  @Test
  void replaysAreCounted() {
    SinkRecord record = queued(null, "{not json", CONTEXT);
    record.headers().addString("dlq.retries", "2");
    assertEquals(2, decoding.rejected(record).retries());
  }

  @Test
  void bytesWithoutTheHeadersAreNoLetter() {
    DeadLetter letter = decoding.rejected(queued(null, "{not json", Map.of()));
    assertTrue(letter.errorMessage().contains("converter"), letter.errorMessage());
    assertEquals("dlq", letter.recordOffset().partition().topic());
  }

  /** Some tools keep all headers when they publish a record again. */
  @Test
  void recordOfATableIsNoLetterWhateverItsHeaders() {
    SinkRecord tombstone =
        new SinkRecord("dlq", 0, null, null, null, null, 9, 5L, TimestampType.CREATE_TIME);
    CONTEXT.forEach((name, value) -> tombstone.headers().add(name, value, null));
    assertSame(Skipped.TOMBSTONE, decoding.decode(tombstone));
  }

  private static SinkRecord queued(String key, String value, Map<String, Object> headers) {
    SinkRecord record =
        new SinkRecord(
            "dlq",
            0,
            Schema.OPTIONAL_BYTES_SCHEMA,
            bytes(key),
            Schema.OPTIONAL_BYTES_SCHEMA,
            bytes(value),
            9,
            5L,
            TimestampType.CREATE_TIME);
    headers.forEach((name, content) -> record.headers().add(name, content, null));
    return record;
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }
}
