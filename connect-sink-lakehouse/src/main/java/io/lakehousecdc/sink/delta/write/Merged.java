// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

/**
 * A change with the row that it writes, complete: the last step of a plan.
 *
 * @param row aligned to the table's columns; null where the change only removes the stored row
 */
record Merged(Located located, Object[] row) {}
