// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

/**
 * Names of the headers of a dead letter. Values are text, so that any header converter and any
 * console can show them.
 */
public final class DeadLetterHeaders {
  /** What all names begin with. */
  public static final String PREFIX = "dlq.";

  /** What is wrong with the record. */
  public static final String REASON = "dlq.reason";

  /** Class of the exception that a sink would have met. */
  public static final String EXCEPTION = "dlq.exception";

  public static final String ORIGINAL_TOPIC = "dlq.original.topic";

  /** Absent where the source had not chosen one. */
  public static final String ORIGINAL_PARTITION = "dlq.original.partition";

  /** The source's offset as JSON: a record that is not yet in Kafka has no other. */
  public static final String ORIGINAL_OFFSET = "dlq.original.offset";

  /** The record key as text; structs as JSON. */
  public static final String ORIGINAL_KEY = "dlq.original.key";

  /** When the record was routed, in milliseconds since 1970. */
  public static final String TIMESTAMP = "dlq.timestamp";

  /** How often the record has been replayed; the only header that a replay leaves on. */
  public static final String RETRIES = "dlq.retries";

  private DeadLetterHeaders() {}
}
