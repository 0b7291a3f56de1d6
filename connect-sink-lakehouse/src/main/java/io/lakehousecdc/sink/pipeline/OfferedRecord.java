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
   * @param origin who sent it
   * @param original the record as it was received, for {@link RejectionReporter}
   */
  record Change(
      RecordOffset at, ChangeEvent event, int bytes, long run, Origin origin, Object original)
      implements OfferedRecord {

    /** A change that the source has sent. */
    public Change(RecordOffset at, ChangeEvent event, int bytes, long run, Object original) {
      this(at, event, bytes, run, Origin.SOURCE, original);
    }
  }

  /** Who has put a record into its topic. */
  enum Origin {
    SOURCE,
    /** A replay of dead letters: what comes next in the partition does not follow it. */
    REPLAY
  }

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
