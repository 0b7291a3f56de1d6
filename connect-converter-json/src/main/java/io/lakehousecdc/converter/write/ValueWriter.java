// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import io.lakehousecdc.converter.option.Nulls;
import org.apache.kafka.connect.data.Schema;

/**
 * Writes values of one schema as JSON, as {@code JsonConverter} would. Immutable.
 *
 * <p>Where the result is not beyond doubt, or the value is not of the schema, {@link Unwritable} or
 * another exception is thrown.
 */
public abstract class ValueWriter {
  private final boolean isOptional;

  /** Written for null; null if null is written. */
  private final Object nullValue;

  ValueWriter(Schema schema, Nulls nulls) {
    isOptional = schema.isOptional();
    nullValue = nulls == Nulls.REPLACED ? schema.defaultValue() : null;
  }

  /** Appends a value, which may be null. */
  public final void write(JsonOutput output, Object value) {
    Object written = value == null ? nullValue : value;
    if (written != null) {
      present(output, written);
    } else if (isOptional) {
      output.nothing();
    } else {
      throw Unwritable.value();
    }
  }

  /** Appends a value that is not null. */
  abstract void present(JsonOutput output, Object value);
}
