// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RecordOffset;

/**
 * An event to apply, kept until its batch is committed so that the batch can be put together again
 * without a record that turns out to be bad.
 *
 * @param event the change
 * @param position its place in the source's history
 * @param delivery whether later ones of its source had come before it
 * @param floor what a truncate removes; null for other events
 * @param at where its record lies in Kafka
 * @param original the record as it was received, for {@link RejectionReporter}; null where that
 *     does not want it
 */
record Entry(
    ChangeEvent event,
    Position position,
    Delivery delivery,
    Floor floor,
    RecordOffset at,
    Object original) {

  /** The same with the floor that the truncate makes by what is known now. */
  Entry withFloor(Floor now) {
    return new Entry(event, position, delivery, now, at, original);
  }
}
