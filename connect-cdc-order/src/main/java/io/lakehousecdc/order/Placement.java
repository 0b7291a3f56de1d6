// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/** What an event turned out to be in its stream. */
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
   * Below something that was seen before it in the same history: emitted again, or a row of a
   * snapshot that is older than its stream.
   *
   * @param position never null
   */
  record Below(Position position) implements Placement {}

  /**
   * Of a history before the stream's present one: emitted again, or replayed.
   *
   * @param position never null
   */
  record Older(Position position) implements Placement {}

  /**
   * The first event of the stream in a history whose LSNs have started over.
   *
   * @param position where it stands in the history that it begins; never null
   * @param formerHighWater greatest position of the history before
   */
  record StartedOver(Position position, Position formerHighWater) implements Placement {}

  /** Without a position: only the order of arrival is known. */
  record Unplaced() implements Placement {

    @Override
    public Position position() {
      return null;
    }
  }
}
