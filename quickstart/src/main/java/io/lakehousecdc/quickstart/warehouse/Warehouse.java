// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

/**
 * A warehouse that a sink connector writes to. It is read without the sink's own code, so that a
 * defect of the sink cannot hide itself.
 */
public interface Warehouse extends ReadableTables {
  /** Whether the table has a row with this key; false where there is no such table. */
  boolean contains(ShopTable table, long key);
}
