// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.List;

/**
 * A row as it was found.
 *
 * @param cells texts of {@link TablePair#columns}; null for NULL
 * @param version changes whenever the row is written; at the source that of the row itself, in the
 *     target the position of the last change
 */
record Look(List<String> cells, String version) {
  Look {
    cells = java.util.Collections.unmodifiableList(cells);
  }
}
