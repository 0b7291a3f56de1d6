// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import io.lakehousecdc.converter.option.Nulls;
import java.util.Arrays;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** A schema that has been seen, and the bytes that came before the payload then. Immutable. */
public final class KnownSchema {
  private final byte[] prefix;
  private final Schema schema;

  /** Null if there is a type in the schema that has no reader. */
  private final ValueReader reader;

  private KnownSchema(byte[] prefix, Schema schema, ValueReader reader) {
    this.prefix = prefix;
    this.schema = schema;
    this.reader = reader;
  }

  /**
   * Compiles a reader.
   *
   * @param prefix what comes before the payload; empty if messages are payloads
   * @param schema what the prefix says; null for values without a schema
   */
  public static KnownSchema of(byte[] prefix, Schema schema, Nulls nulls) {
    ValueReader reader;
    try {
      reader = ValueReaders.of(schema, nulls);
    } catch (Unrecognized e) {
      reader = null;
    }
    return new KnownSchema(prefix, schema, reader);
  }

  /** Whether there is a reader for all types of the schema. */
  public boolean isReadable() {
    return reader != null;
  }

  /** Whether a message begins as the one did that the schema was learned from. */
  public boolean matches(byte[] message) {
    return message.length > prefix.length
        && Arrays.equals(message, 0, prefix.length, prefix, 0, prefix.length);
  }

  /**
   * Reads a message that matches.
   *
   * @throws RuntimeException of any kind if it is not certain what {@code JsonConverter} would make
   *     of it
   */
  public SchemaAndValue read(byte[] message) {
    if (reader == null) {
      throw Unrecognized.input();
    }
    JsonInput input = new JsonInput(message, prefix.length);
    Object value = reader.read(input);
    if (prefix.length > 0) {
      input.expect('}');
    }
    input.expectEnd();
    return new SchemaAndValue(schema, value);
  }
}
