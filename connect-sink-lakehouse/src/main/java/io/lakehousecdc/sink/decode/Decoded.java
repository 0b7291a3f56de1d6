// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;

/** The result of decoding a record. */
public sealed interface Decoded {

  /**
   * A change to apply.
   *
   * @param event the change
   * @param bytes estimated heap size of the event
   */
  record Change(ChangeEvent event, int bytes) implements Decoded {}

  /** A record that changes no table. */
  enum Skipped implements Decoded {
    HEARTBEAT,
    TRANSACTION_BOUNDARY,
    LOGICAL_MESSAGE,
    SCHEMA_CHANGE,
    /** A notification of the source connector, such as the progress of a snapshot. */
    NOTIFICATION,
    /**
     * A tombstone that repeats the delete before it and cannot be mapped to a row: it has no key,
     * or its topic carries envelopes of several tables, or the table's key is not the record key.
     */
    TOMBSTONE
  }

  /** A record that can never be applied. */
  record Rejected(DeadLetter letter) implements Decoded {}
}
