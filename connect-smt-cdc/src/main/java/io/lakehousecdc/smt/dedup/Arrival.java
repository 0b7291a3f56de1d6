// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import io.lakehousecdc.smt.event.Event;

/**
 * A record as it arrived.
 *
 * @param partition what its order is kept in: topic and partition of Kafka, or topic and partition
 *     of the source; compared with equals
 * @param topic topic that its key belongs to
 * @param offset Kafka offset, or null where there is none yet
 * @param key record key, or null
 * @param event what the record is
 */
public record Arrival(Object partition, String topic, Long offset, Object key, Event event) {}
