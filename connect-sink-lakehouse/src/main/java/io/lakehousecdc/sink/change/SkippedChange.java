// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;

/**
 * One change that was skipped, as an example.
 *
 * @param table target table
 * @param key its key
 * @param position its position
 * @param stored position that outranks it: of the stored row, or of the truncate or sweep; null
 *     where there is none
 */
public record SkippedChange(
    TableId table, SkipReason reason, RowKey key, Position position, Position stored) {}
