// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.RecordOffset;

/**
 * An admitted event, kept until its batch is committed so that the batch can be put together again
 * without a record that turns out to be bad.
 *
 * @param event the change
 * @param position its place in the source's history
 * @param at where its record lies in Kafka
 * @param origin the record itself, as {@link RejectionReporter} wants it; null where nobody would
 */
record Entry(ChangeEvent event, Position position, RecordOffset at, Object origin) {}
