// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/** What an event turned out to be in the history of its stream. */
public sealed interface Placement {

  /** Where the event stands; null where it has no position. */
  Position position();

  /**
   * At or above everything that was seen before it.
   *
   * @param position never null
   */
  record InOrder(Position position) implements Placement {}

  /**
   * Below something that was seen before it, in the same epoch: emitted again, or a row of a
   * snapshot that is older than its stream.
   *
   * @param position never null
   */
  record Below(Position position) implements Placement {}

  /**
   * The first event of an epoch: the source's LSNs have started over.
   *
   * @param position where it stands in the epoch that it begins; null where it has no position
   *     there
   * @param formerPosition where it would have stood in the epoch before
   * @param formerHighWater greatest position of the epoch before, which that is below
   */
  record EpochBegan(Position position, Position formerPosition, Position formerHighWater)
      implements Placement {}

  /** Without a position: only the order of arrival is known. */
  record Unplaced() implements Placement {

    @Override
    public Position position() {
      return null;
    }
  }
}
