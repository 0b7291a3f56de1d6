// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * A record to be published again.
 *
 * @param place where it was read, for messages
 * @param topic where it belongs; empty where nothing tells
 * @param partition partition that it had there
 * @param key bytes of the key, or null
 * @param value bytes of the value, or null
 * @param headers those of the original record, without what made it a dead letter
 * @param retries how often it has been replayed already
 */
record DeadLetter(
    String place,
    Optional<String> topic,
    Optional<Integer> partition,
    byte[] key,
    byte[] value,
    Headers headers,
    int retries) {}
