// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * A dead letter to be published again.
 *
 * @param place where it was read, for messages
 * @param topic original topic; empty if unknown
 * @param partition original partition
 * @param key bytes of the key, or null
 * @param value bytes of the value, or null
 * @param headers headers of the original record, without those of a dead letter
 * @param retries number of times that it was replayed
 */
record DeadLetter(
    String place,
    Optional<String> topic,
    Optional<Integer> partition,
    byte[] key,
    byte[] value,
    Headers headers,
    int retries) {}
