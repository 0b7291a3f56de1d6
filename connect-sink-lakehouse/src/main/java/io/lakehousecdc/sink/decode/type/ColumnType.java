// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;

/**
 * The type of a column: its logical type, and the conversion of its values.
 *
 * @param type logical type
 * @param conversion from Connect's value to the canonical value of the type
 */
public record ColumnType(LogicalType type, Conversion conversion) {
  /** The type of a column of schemaless data. */
  public static final ColumnType UNTYPED = new ColumnType(Primitive.UNTYPED, Untyped::canonical);

  /** The conversion of a Connect value to the canonical value. */
  @FunctionalInterface
  public interface Conversion {
    /**
     * Converts a value.
     *
     * @param value not null
     * @throws DecodeException if the value cannot be stored exactly
     */
    Object canonical(Object value);
  }
}
