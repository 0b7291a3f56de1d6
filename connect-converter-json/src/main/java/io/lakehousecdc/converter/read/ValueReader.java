// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import io.lakehousecdc.converter.option.Nulls;
import org.apache.kafka.connect.data.Schema;

/**
 * Reads values of one schema from JSON, as {@code JsonConverter} would. Immutable.
 *
 * <p>Where the result is not beyond doubt, {@link Unrecognized} is thrown.
 */
public abstract class ValueReader {
  private final boolean isNullable;
  private final Object nullValue;

  ValueReader(Schema schema, Nulls nulls) {
    nullValue = nulls == Nulls.REPLACED ? schema.defaultValue() : null;
    isNullable = nullValue != null || schema.isOptional();
  }

  /** Of values without a schema. */
  ValueReader() {
    nullValue = null;
    isNullable = true;
  }

  /** The next value, which may be null. */
  public final Object read(JsonInput input) {
    return input.takeNull() ? absent() : present(input);
  }

  /** What a missing value, or null, is read as. */
  final Object absent() {
    if (!isNullable) {
      throw Unrecognized.input();
    }
    return nullValue;
  }

  /** Reads a value that is not null. */
  abstract Object present(JsonInput input);
}
