// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.RowSchema;

/**
 * The values of a row as far as the batch knows them.
 *
 * @param schema what {@code cells} are aligned to; may be null where they are
 * @param cells values or marks; null where nothing is known
 * @param lender where unchanged cells come from; null where from the row stored under the same key
 */
record RowImage(RowSchema schema, Object[] cells, Lender lender) {

  /** The cells in the order and types of {@code union}; null where nothing is known. */
  Object[] alignedTo(RowSchema union) {
    return SchemaUnion.align(cells, schema, union);
  }
}
