// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.Arrays;

/** Marks that stand in a row where a value is not known. Compare by identity. */
public enum Cell {
  /**
   * An out-of-line (TOAST) value that the change did not touch: the stored value stays. A row that
   * is not stored cannot be written with it.
   */
  UNCHANGED,
  /**
   * The event's schema has no such column: the stored value stays; a new row gets the column's
   * default.
   */
  ABSENT;

  /** A row of which nothing is known. */
  static Object[] absent(int width) {
    Object[] cells = new Object[width];
    Arrays.fill(cells, ABSENT);
    return cells;
  }

  /** Whether the cell holds a value (NULL included) rather than a mark. */
  public static boolean isKnown(Object cell) {
    return !(cell instanceof Cell);
  }
}
