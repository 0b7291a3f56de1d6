package io.lakehousecdc.quickstart;

/**
 * Where a sink connector writes. Read without the sink's own code, so that a mistake of it cannot
 * hide itself.
 */
interface Warehouse extends Tables {
  /** Whether the table has a row with this key; false where there is no such table. */
  boolean contains(ShopTable table, long key);
}
