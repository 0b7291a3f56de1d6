// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowSchema;

/**
 * Changes that came one after the other and show the same columns of the source's table.
 *
 * @param schema all columns that the table had; names its source table
 * @param first least position of the changes
 * @param last greatest position of the changes
 * @param read whether they are rows of a snapshot, which hold generated columns too, while streamed
 *     changes do not
 */
public record ObservedSchema(RowSchema schema, Position first, Position last, boolean read) {}
