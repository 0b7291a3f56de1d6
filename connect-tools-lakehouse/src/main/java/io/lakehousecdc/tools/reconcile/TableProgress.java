// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

/** How far the comparison of a table is, for people who watch. Thread-safe. */
interface TableProgress {
  /** What is being read. */
  enum Stage {
    SOURCE,
    TARGET,
    KEYS
  }

  /**
   * Rows were read.
   *
   * @param share of all rows of the stage, 0 to 1, that they are about
   */
  void read(Stage stage, long rows, double share);

  /** Keys are looked at again. */
  void looking(int keys);
}
