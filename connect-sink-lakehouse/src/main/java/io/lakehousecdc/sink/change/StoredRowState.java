// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;

/**
 * What a target has under a key before a batch is applied.
 *
 * @param position position of the stored row; null where there is no row, or one without a position
 * @param operation code of the change that wrote it; null where not known
 * @param live whether a row is stored that is not marked as deleted
 */
public record StoredRowState(Position position, String operation, boolean live) {

  /** No row. */
  public static final StoredRowState NONE = new StoredRowState(null, null, false);

  /** Whether another row of the source still had the key when this one was created. */
  public boolean isTakeover() {
    return live && Operation.TAKEOVER.code().equals(operation);
  }

  /** Whether the stored row says all that a change at {@code at} says. */
  boolean covers(Position at) {
    if (position == null || position.isBelow(at)) {
      return false;
    }
    return at.isBelow(position) || !Operation.READ.code().equals(operation);
  }
}
