// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;

/**
 * The metadata of a change, stored with the row that it wrote.
 *
 * @param operation kind of change
 * @param position place in the source's order of changes
 * @param commitMicros commit time at the source in microseconds since the epoch; 0 where unknown
 * @param delivery whether the partition had brought a later change of its source before
 * @param lifetime when the key was seen by all the changes that were merged into this one; null
 *     where it stands for itself alone
 */
public record ChangeInfo(
    Operation operation,
    Position position,
    long commitMicros,
    Delivery delivery,
    Lifetime lifetime) {

  /** How a change came. */
  public enum Delivery {
    /** In the order of the source. */
    IN_ORDER,
    /**
     * After later ones of its partition: emitted again by the source, or replayed. The row that it
     * concerns may be gone since.
     */
    AGAIN
  }

  /** A change that came in order. */
  public ChangeInfo(Operation operation, Position position, long commitMicros) {
    this(operation, position, commitMicros, Delivery.IN_ORDER);
  }

  /** A change that stands for itself alone. */
  public ChangeInfo(Operation operation, Position position, long commitMicros, Delivery delivery) {
    this(operation, position, commitMicros, delivery, null);
  }

  /** The same metadata with another operation. */
  public ChangeInfo as(Operation other) {
    return other == operation
        ? this
        : new ChangeInfo(other, position, commitMicros, delivery, lifetime);
  }

  /** The same metadata for the last of several changes that were merged. */
  public ChangeInfo with(Lifetime merged) {
    return new ChangeInfo(operation, position, commitMicros, delivery, merged);
  }
}
