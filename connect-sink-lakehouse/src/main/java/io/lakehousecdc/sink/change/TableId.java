// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import static java.util.Objects.requireNonNull;

/**
 * Name of a target table.
 *
 * @param schema schema (PostgreSQL) or directory (Delta); may be empty where the target's default
 *     applies
 * @param name table name, never empty
 */
public record TableId(String schema, String name) {
  public TableId {
    requireNonNull(schema, "schema");
    requireNonNull(name, "name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("A table needs a name");
    }
  }

  @Override
  public String toString() {
    return schema.isEmpty() ? name : schema + "." + name;
  }
}
