// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import static java.util.Objects.requireNonNull;

/**
 * The name of a target table.
 *
 * @param schema schema (PostgreSQL) or directory (Delta); empty for the target's default schema
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
