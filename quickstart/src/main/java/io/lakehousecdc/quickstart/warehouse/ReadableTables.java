// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

/** The shop's tables at one end of the pipeline. Safe for use by many threads. */
public interface ReadableTables {
  /** What to call this end in messages. */
  String name();

  /** How many rows the table has; 0 where it does not exist. */
  long count(ShopTable table);

  /**
   * The rows of one consistent state of the table.
   *
   * @throws DemoFailure where the table or one of its columns is missing
   */
  RowCursor rows(ShopTable table);
}
