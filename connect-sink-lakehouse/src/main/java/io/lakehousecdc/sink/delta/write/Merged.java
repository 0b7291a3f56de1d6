// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.snapshot.StoredRow;

/**
 * A change with the row that it writes: the last step of a plan.
 *
 * @param row aligned to the table's columns; null where the change only removes the stored row
 * @param lender stored row whose values it is to get while it is written; null where it is complete
 */
record Merged(Located located, Object[] row, StoredRow lender) {}
