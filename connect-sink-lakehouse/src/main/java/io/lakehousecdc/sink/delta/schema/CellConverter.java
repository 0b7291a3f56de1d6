// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

/**
 * A conversion of canonical values of a logical type into the form that a column's files take (see
 * {@link io.lakehousecdc.sink.delta.parquet.DeltaColumn}), exactly or not at all.
 */
@FunctionalInterface
interface CellConverter {

  /**
   * @param value canonical value, not null
   * @throws IllegalArgumentException the value does not fit; says why
   * @throws java.time.DateTimeException it is no time of the column's type
   */
  Object convert(Object value);
}
