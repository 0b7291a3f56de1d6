// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.Arrays;

/** Placeholders for cells of a row whose value is not known. Compare by identity. */
public enum Cell {
  /**
   * An out-of-line (TOAST) value that the change left untouched and that the source did not send.
   * The target keeps its stored value. Where no row is stored, a row with such a cell cannot be
   * written.
   */
  UNCHANGED,
  /**
   * The event's schema does not have the column. The target keeps its stored value; a new row gets
   * the column's default.
   */
  ABSENT;

  /** A row of {@code width} cells, all of them {@link #ABSENT}. */
  public static Object[] absent(int width) {
    Object[] cells = new Object[width];
    Arrays.fill(cells, ABSENT);
    return cells;
  }

  /** Whether the cell holds a value (NULL included) and not one of these placeholders. */
  public static boolean isKnown(Object cell) {
    return !(cell instanceof Cell);
  }
}
