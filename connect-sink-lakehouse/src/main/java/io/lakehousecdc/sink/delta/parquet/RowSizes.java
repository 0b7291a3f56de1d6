// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import java.util.List;
import java.util.stream.IntStream;

/** Tells large rows from small ones, by the columns whose values may be large. Immutable. */
final class RowSizes {
  /** Size from which a row is large, by {@link CellBytes}. */
  static final int LARGE_BYTES = 32 << 10;

  private final int[] places;

  RowSizes(List<DeltaColumn> columns) {
    this.places =
        IntStream.range(0, columns.size())
            .filter(place -> mayBeLarge(columns.get(place).type()))
            .toArray();
  }

  private static boolean mayBeLarge(DataType type) {
    return type instanceof StringType
        || type instanceof BinaryType
        || type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType;
  }

  boolean isLarge(Object[] row) {
    long bytes = 0;
    for (int place : places) {
      bytes += CellBytes.of(row[place]);
    }
    return bytes >= LARGE_BYTES;
  }
}
