// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import static java.util.Objects.requireNonNull;

/**
 * A column of a row schema.
 *
 * @param name column name in the target
 * @param type logical type of its values
 * @param optional whether the source allows NULL
 */
public record Column(String name, LogicalType type, boolean optional) {
  public Column {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
  }
}
