// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;

/** A decoded record, as {@link Pipeline#offer} takes it. Immutable. */
public sealed interface OfferedRecord {

  /** Where the record lies in Kafka. */
  RecordOffset at();

  /**
   * A change to apply.
   *
   * @param event the change
   * @param bytes estimate of the heap that the event occupies
   * @param run hash of the run of the source's task that sent it; 0 where not known
   * @param original the record as it was received, for {@link RejectionReporter}
   */
  record Change(RecordOffset at, ChangeEvent event, int bytes, long run, Object original)
      implements OfferedRecord {}

  /** A record that concerns no table. */
  record Skipped(RecordOffset at) implements OfferedRecord {}

  /**
   * A record that can never be applied.
   *
   * @param letter what is wrong with it
   * @param original the record as it was received, for {@link RejectionReporter}
   */
  record Rejected(RecordOffset at, DeadLetter letter, Object original) implements OfferedRecord {}
}
