// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.RecordOffset;

/**
 * A record that has come.
 *
 * @param record what is handed on
 * @param at where it lies in Kafka
 * @param bytes estimate of the heap that it occupies
 */
public record Arrival<R>(R record, RecordOffset at, int bytes) {}
