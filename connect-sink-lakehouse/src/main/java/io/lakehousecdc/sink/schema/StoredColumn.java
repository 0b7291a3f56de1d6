// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.LogicalType;

/**
 * A column of a table in the target.
 *
 * @param name exact name
 * @param type logical type that is nearest to the stored type
 * @param optional whether it allows NULL
 * @param defaulted whether the target supplies a value (default, identity or generated column)
 */
public record StoredColumn(String name, LogicalType type, boolean optional, boolean defaulted) {}
