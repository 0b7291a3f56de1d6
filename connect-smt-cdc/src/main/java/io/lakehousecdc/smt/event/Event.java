// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

/** What one record is to a transform. */
public sealed interface Event {

  /** Insert, update or snapshot row. */
  record Change(SourceInfo source) implements Event {}

  /** Deletion of the record's key. */
  record Delete(SourceInfo source) implements Event {}

  /** The table was emptied; the record has no key. */
  record Truncate(SourceInfo source) implements Event {}

  /** A null value that says nothing of its source. */
  record Tombstone() implements Event {}

  /** No row event: heartbeat, transaction boundary, logical message, or nothing of Debezium's. */
  record Other() implements Event {}

  /** Where the event stands at the source; {@link SourceInfo#UNKNOWN} where that is not said. */
  default SourceInfo source() {
    return SourceInfo.UNKNOWN;
  }

  Event TOMBSTONE = new Tombstone();
  Event OTHER = new Other();
}
