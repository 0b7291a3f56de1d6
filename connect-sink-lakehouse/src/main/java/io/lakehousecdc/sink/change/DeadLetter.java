// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/**
 * A rejected record, as it is kept in the dead-letter table.
 *
 * @param at where the record lies in Kafka; at most one dead letter per place is kept
 * @param key record key as text; may be null
 * @param value record value as received, as text; may be null
 * @param operation {@code op} of the event; null where it could not be read
 * @param errorClass short name of the kind of error
 * @param errorMessage problem, place, remedy
 * @param createdAtMillis when it was rejected, in milliseconds since the epoch
 * @param retries how often it has been replayed
 */
public record DeadLetter(
    RecordOffset at,
    String key,
    String value,
    String operation,
    String errorClass,
    String errorMessage,
    long createdAtMillis,
    int retries) {}
