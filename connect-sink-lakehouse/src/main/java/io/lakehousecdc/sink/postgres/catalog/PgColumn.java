// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.schema.StoredColumn;

/**
 * A column of a table as the catalogue describes it.
 *
 * @param name exact name
 * @param type its type; a domain's base type
 * @param collation qualified name of a collation other than the type's own; empty where it has none
 * @param notNull whether it refuses NULL
 * @param defaultExpression SQL of its default or of its identity's next value; empty where there is
 *     none
 * @param generated whether the server computes it from other columns
 * @param alwaysIdentity whether it is {@code GENERATED ALWAYS AS IDENTITY}: it can be inserted when
 *     overriding, never updated
 */
public record PgColumn(
    String name,
    PgType type,
    String collation,
    boolean notNull,
    String defaultExpression,
    boolean generated,
    boolean alwaysIdentity) {

  public boolean defaulted() {
    return generated || !defaultExpression.isEmpty();
  }

  /** Name in SQL. */
  public String sql() {
    return Identifiers.quote(name);
  }

  /** The column for the schema planner. */
  public StoredColumn stored() {
    return new StoredColumn(name, type.logical(), !notNull, defaulted());
  }
}
