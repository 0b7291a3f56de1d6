// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowSchema;

/**
 * The columns that a source table had in a run of consecutive changes.
 *
 * @param schema all columns of the source table, and its name
 * @param first least position of the changes
 * @param last greatest position of the changes
 * @param read whether the changes are rows of a snapshot. These hold generated columns, which
 *     streamed changes do not
 */
public record ObservedSchema(RowSchema schema, Position first, Position last, boolean read) {}
