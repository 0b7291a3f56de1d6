// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import static java.util.Objects.requireNonNull;

/**
 * A row that is to be removed if it is still as it was.
 *
 * @param key key of the row
 * @param position its position when it was looked at: a row that a later change has written since
 *     stays
 */
public record RemovableRow(KeyText key, StoredPosition position) {
  public RemovableRow {
    requireNonNull(key, "key");
    requireNonNull(position, "position");
  }
}
