// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;

/**
 * What every stored row remembers of the change that wrote it.
 *
 * @param operation kind of change
 * @param position place in the source's history
 * @param commitMicros commit time at the source in microseconds since the epoch; 0 where unknown
 */
public record ChangeInfo(Operation operation, Position position, long commitMicros) {

  /** The same, of another kind. */
  public ChangeInfo as(Operation other) {
    return other == operation ? this : new ChangeInfo(other, position, commitMicros);
  }
}
