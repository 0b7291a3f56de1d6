// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;

/**
 * What a column's values mean and how they become canonical.
 *
 * @param type logical type
 * @param conversion from Connect's value to the canonical value of the type
 */
public record ColumnType(LogicalType type, Conversion conversion) {
  /** Column of schemaless data. */
  public static final ColumnType UNTYPED = new ColumnType(Primitive.UNTYPED, Untyped::canonical);

  /** Makes a canonical value of a Connect value that is not null. */
  @FunctionalInterface
  public interface Conversion {
    /**
     * @throws DecodeException where the value cannot be kept exactly
     */
    Object canonical(Object value);
  }
}
