// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

/** What a record is, given what was seen before it. */
public enum Verdict {
  /** Not seen before, or not known to be. */
  NEW,
  /** The very same Kafka record, or one before it, again: the consumer has gone back. */
  REDELIVERED,
  /** Cannot be judged: no key, or no position. */
  UNPOSITIONED,
  /** A change below one that has passed, or the tombstone of a delete that was. */
  DUPLICATE
}
