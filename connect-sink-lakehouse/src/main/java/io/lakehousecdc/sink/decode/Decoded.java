// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;

/** What became of a record. */
public sealed interface Decoded {

  /**
   * A change to apply.
   *
   * @param event the change
   * @param bytes estimate of the heap that the event occupies
   */
  record Change(ChangeEvent event, int bytes) implements Decoded {}

  /** A record that changes no table, by rule. */
  enum Skipped implements Decoded {
    HEARTBEAT,
    TRANSACTION_BOUNDARY,
    LOGICAL_MESSAGE,
    SCHEMA_CHANGE,
    /** What the connector says of itself, such as the progress of a snapshot. */
    NOTIFICATION,
    /**
     * A record without a value that adds nothing to the delete before it: it has no key, or its
     * topic carries the envelopes of several tables or of one whose key is not the record's.
     */
    TOMBSTONE
  }

  /** A record that can never be applied. */
  record Rejected(DeadLetter letter) implements Decoded {}
}
