// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;

/** The receiver of rows that are read from a file. */
@FunctionalInterface
public interface RowVisitor {

  /**
   * @param row index of the row in its file, from 0
   * @param values values of the columns that were asked for, of the classes that {@link
   *     DeltaColumn} names; the visitor may keep the array
   */
  void row(int row, Object[] values) throws IOException;
}
