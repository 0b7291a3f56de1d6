// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

/** The shop's tables at the source or in a warehouse. Safe for use by many threads. */
public interface ReadableTables {
  /** Name of the source or warehouse for messages. */
  String name();

  /** How many rows the table has; 0 where it does not exist. */
  long count(ShopTable table);
}
