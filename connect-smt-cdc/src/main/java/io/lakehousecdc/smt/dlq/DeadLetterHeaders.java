// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

/**
 * The names of a dead letter's headers. Values are text, so that any header converter and any
 * console can show them.
 */
public final class DeadLetterHeaders {
  /** Prefix of all names. */
  public static final String PREFIX = "dlq.";

  /** What is wrong with the record. */
  public static final String REASON = "dlq.reason";

  /** Class of the exception that a sink would have thrown. */
  public static final String EXCEPTION = "dlq.exception";

  public static final String ORIGINAL_TOPIC = "dlq.original.topic";

  /** Partition; absent if the source had not chosen one. */
  public static final String ORIGINAL_PARTITION = "dlq.original.partition";

  /** The source's offset as JSON; a record that is not yet in Kafka has no other offset. */
  public static final String ORIGINAL_OFFSET = "dlq.original.offset";

  /** The record key as text; structs as JSON. */
  public static final String ORIGINAL_KEY = "dlq.original.key";

  /** When the record was routed, in milliseconds since 1970. */
  public static final String TIMESTAMP = "dlq.timestamp";

  /** Number of times that the record was replayed; the only header that a replay keeps. */
  public static final String RETRIES = "dlq.retries";

  private DeadLetterHeaders() {}
}
