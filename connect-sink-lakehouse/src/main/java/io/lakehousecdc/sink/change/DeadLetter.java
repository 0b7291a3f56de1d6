// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/**
 * A rejected record, as the dead-letter table stores it.
 *
 * @param recordOffset where the record is in Kafka; a target keeps at most one dead letter for each
 * @param key record key as text; may be null
 * @param value record value as received, as text; may be null
 * @param operation {@code op} of the event; null if it could not be read
 * @param errorClass short name of the kind of error
 * @param errorMessage what is wrong, where, and what to do
 * @param createdAtMillis when it was rejected, in milliseconds since the epoch
 * @param retries number of times that it has been replayed
 */
public record DeadLetter(
    RecordOffset recordOffset,
    String key,
    String value,
    String operation,
    String errorClass,
    String errorMessage,
    long createdAtMillis,
    int retries) {}
