// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * The converter beside Kafka's own, with the same settings. Needs no test framework, so that it
 * also runs among the classes of another Kafka.
 */
final class Comparison implements AutoCloseable {
  private static final String TOPIC = "shop.public.orders";

  private final JsonConverter expected = new JsonConverter();
  private final CachedSchemaJsonConverter actual = new CachedSchemaJsonConverter();
  private long results;
  private long errors;

  Comparison(Map<String, String> configuration) {
    expected.configure(configuration, false);
    actual.configure(configuration, false);
  }

  /** Conversions to Connect, and from it, that gave a value in both converters. */
  long results() {
    return results;
  }

  /** Conversions that failed in both. */
  long errors() {
    return errors;
  }

  /** Compares what becomes of a message, which may be null: a tombstone. */
  void toConnect(byte[] message) {
    Outcome<SchemaAndValue> kafkas = Outcome.of(() -> expected.toConnectData(TOPIC, message));
    Outcome<SchemaAndValue> ours = Outcome.of(() -> actual.toConnectData(TOPIC, message));
    boolean isSame =
        kafkas.failure() == null && ours.failure() == null
            ? Objects.equals(kafkas.result().schema(), ours.result().schema())
                && Same.values(kafkas.result().value(), ours.result().value())
            : Objects.equals(kafkas.failure(), ours.failure());
    check(
        isSame,
        kafkas,
        ours,
        message == null ? "a tombstone" : new String(message, StandardCharsets.UTF_8));
  }

  /** Compares what a value is written as; the bytes, null if it cannot be written. */
  byte[] fromConnect(Schema schema, Object value) {
    Outcome<byte[]> kafkas = Outcome.of(() -> expected.fromConnectData(TOPIC, schema, value));
    Outcome<byte[]> ours = Outcome.of(() -> actual.fromConnectData(TOPIC, schema, value));
    boolean isSame =
        Objects.equals(kafkas.failure(), ours.failure())
            && Arrays.equals(kafkas.result(), ours.result());
    check(isSame, kafkas, ours, schema + " " + value);
    return ours.result();
  }

  private void check(boolean isSame, Outcome<?> kafkas, Outcome<?> ours, String input) {
    if (!isSame) {
      throw new AssertionError(
          "JsonConverter: " + kafkas + "\nconverter: " + ours + "\nof: " + input);
    }
    if (kafkas.failure() == null) {
      results++;
    } else {
      errors++;
    }
  }

  @Override
  public void close() {
    expected.close();
    actual.close();
  }

  /** A result, or the description of an exception and its causes. */
  private record Outcome<T>(T result, String failure) {
    static <T> Outcome<T> of(Supplier<T> conversion) {
      try {
        return new Outcome<>(conversion.get(), null);
      } catch (RuntimeException e) {
        StringBuilder failure = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
          failure.append(cause).append('\n');
        }
        return new Outcome<>(null, failure.toString());
      }
    }
  }
}
