package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.target.DeadLetter;

/** What became of a record. */
public sealed interface Decoded {

  /**
   * A change to apply.
   *
   * @param event the change
   * @param bytes estimate of the heap that the event occupies
   */
  record Change(ChangeEvent event, int bytes) implements Decoded {}

  /** A record that concerns no table, by rule: heartbeat, transaction boundary, logical message. */
  enum Skipped implements Decoded {
    HEARTBEAT,
    TRANSACTION_BOUNDARY,
    LOGICAL_MESSAGE,
    SCHEMA_CHANGE
  }

  /** A record that can never be applied. */
  record Rejected(DeadLetter letter) implements Decoded {}
}
