package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;

/**
 * What a column's values mean and how they become canonical.
 *
 * @param type logical type
 * @param conversion from Connect's value to the canonical value of the type
 */
record ColumnType(LogicalType type, Conversion conversion) {
  /** Column of schemaless data. */
  static final ColumnType UNTYPED = new ColumnType(Primitive.UNTYPED, Untyped::canonical);

  /** Makes a canonical value of a Connect value that is not null. */
  @FunctionalInterface
  interface Conversion {
    /**
     * @throws DecodeException where the value cannot be kept exactly
     */
    Object canonical(Object value);
  }
}
