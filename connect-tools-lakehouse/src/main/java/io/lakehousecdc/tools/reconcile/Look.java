// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.List;

/**
 * A row as it was found.
 *
 * @param cells texts of {@link TablePair#columns}; null for NULL
 * @param version changes whenever the row is written; at the source that of the row itself, in the
 *     target the position of the last change
 * @param copies how many rows have the key; the cells are those of one of them
 */
record Look(List<String> cells, String version, int copies) {
  Look {
    cells = java.util.Collections.unmodifiableList(cells);
  }

  /** The only row of its key. */
  Look(List<String> cells, String version) {
    this(cells, version, 1);
  }

  /** Both rows, which have the same key. */
  Look and(Look other) {
    boolean first = version.compareTo(other.version) <= 0;
    return new Look(
        first ? cells : other.cells,
        first ? version + " " + other.version : other.version + " " + version,
        copies + other.copies);
  }

  /** Whether a row, or none, stands for the same as another one. */
  static boolean areEqual(Look one, Look other) {
    return one == null || other == null
        ? one == other
        : one.copies == other.copies && one.cells.equals(other.cells);
  }
}
