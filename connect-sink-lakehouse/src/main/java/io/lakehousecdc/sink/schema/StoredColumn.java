// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.LogicalType;

/**
 * A column that a target's table has.
 *
 * @param name exact name
 * @param type logical type nearest to the stored one
 * @param optional whether it may hold NULL
 * @param defaulted whether the target fills it by itself (default, identity, generated)
 */
public record StoredColumn(String name, LogicalType type, boolean optional, boolean defaulted) {}
