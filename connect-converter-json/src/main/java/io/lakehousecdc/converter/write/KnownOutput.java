// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Schema;

/** A schema that has been written, and the bytes that came before the payload. Immutable. */
public final class KnownOutput {
  /** Deeper values are left to {@code JsonConverter}, which has a bound of its own. */
  private static final int MAX_DEPTH = 100;

  private final byte[] prefix;

  /** Null if there is a type in the schema that has no writer. */
  private final ValueWriter writer;

  private KnownOutput(byte[] prefix, ValueWriter writer) {
    this.prefix = prefix;
    this.writer = writer;
  }

  /**
   * Compiles a writer.
   *
   * @param prefix what comes before the payload; empty if messages are payloads
   */
  public static KnownOutput of(byte[] prefix, Schema schema, Nulls nulls, Decimals decimals) {
    ValueWriter writer;
    try {
      requireFixed(schema, MAX_DEPTH);
      writer = ValueWriters.of(schema, nulls, decimals);
    } catch (Unwritable e) {
      writer = null;
    }
    return new KnownOutput(prefix, writer);
  }

  /** Requires schemas that cannot change, as builders can, and are not nested deeper. */
  private static void requireFixed(Schema schema, int depth) {
    if (depth == 0 || schema.getClass() != ConnectSchema.class) {
      throw Unwritable.value();
    }
    switch (schema.type()) {
      case STRUCT -> schema.fields().forEach(field -> requireFixed(field.schema(), depth - 1));
      case ARRAY, MAP -> requireFixed(schema.valueSchema(), depth - 1);
      default -> {}
    }
  }

  /** Stands for a schema that is always left to {@code JsonConverter}. */
  public static KnownOutput unknown() {
    return new KnownOutput(new byte[0], null);
  }

  /**
   * Appends a message.
   *
   * @throws RuntimeException of any kind if it is not certain what {@code JsonConverter} would
   *     write
   */
  public void write(JsonOutput output, Object value) {
    if (writer == null) {
      throw Unwritable.value();
    }
    output.raw(prefix);
    writer.write(output, value);
    if (prefix.length > 0) {
      output.raw('}');
    }
  }
}
