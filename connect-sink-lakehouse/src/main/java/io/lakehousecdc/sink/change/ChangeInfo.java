// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;

/**
 * The metadata of a change, stored with the row that it wrote.
 *
 * @param operation kind of change
 * @param position place in the source's order of changes
 * @param commitMicros commit time at the source in microseconds since the epoch; 0 where unknown
 */
public record ChangeInfo(Operation operation, Position position, long commitMicros) {

  /** The same metadata with another operation. */
  public ChangeInfo as(Operation other) {
    return other == operation ? this : new ChangeInfo(other, position, commitMicros);
  }
}
