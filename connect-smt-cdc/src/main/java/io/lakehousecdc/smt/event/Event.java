// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

/** The kind of event in one record. */
public sealed interface Event {

  /** Insert, update or snapshot row. */
  record Change(SourceInfo source) implements Event {}

  /** Deletion of the record's key. */
  record Delete(SourceInfo source) implements Event {}

  /** The table was emptied; the record has no key. */
  record Truncate(SourceInfo source) implements Event {}

  /** A null value without metadata of its source. */
  record Tombstone() implements Event {}

  /** Not a row event: heartbeat, transaction boundary, logical message, or not from Debezium. */
  record Other() implements Event {}

  /** The event's metadata of its source; {@link SourceInfo#UNKNOWN} if it has none. */
  default SourceInfo source() {
    return SourceInfo.UNKNOWN;
  }

  Event TOMBSTONE = new Tombstone();
  Event OTHER = new Other();
}
