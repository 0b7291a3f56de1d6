// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import java.util.List;

/**
 * What has become of rows that were to be removed.
 *
 * @param removed those that were removed
 * @param changed those of which the table has a row of the key at another position; it stays
 * @param absent those of whose key the table has no row
 */
public record Removed(
    List<RemovableRow> removed, List<RemovableRow> changed, List<RemovableRow> absent) {
  public Removed {
    removed = List.copyOf(removed);
    changed = List.copyOf(changed);
    absent = List.copyOf(absent);
  }
}
