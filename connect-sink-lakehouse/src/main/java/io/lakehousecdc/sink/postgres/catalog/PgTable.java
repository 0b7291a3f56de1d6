// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table as the catalogue describes it. Immutable.
 *
 * @param id its name, schema set
 * @param oid its OID
 * @param columns in order
 * @param uniqueIndexes its plain unique indexes, which {@code ON CONFLICT} can name
 * @param parents OIDs of the tables that its foreign keys point to
 * @param cascades whether deleting one of its rows may change rows of other tables
 * @param cascaded whether deleting rows of other tables, or of its own, may delete its rows
 * @param created whether the sink created it, as its comment tells
 */
public record PgTable(
    TableId id,
    int oid,
    List<PgColumn> columns,
    List<UniqueIndex> uniqueIndexes,
    Set<Integer> parents,
    boolean cascades,
    boolean cascaded,
    boolean created) {
  /** Comment of tables that the sink creates. */
  public static final String COMMENT = "Kept equal to its source by connect-lakehouse";

  /** A valid unique index without expressions or predicate, or the constraint that owns it. */
  public record UniqueIndex(String name, Set<String> columns) {}

  /** Name in SQL. */
  public String sql() {
    return Identifiers.qualified(id);
  }

  public Optional<PgColumn> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** Whether the named columns are kept unique by an index of just these. */
  public boolean isUniqueOn(Set<String> names) {
    return uniqueIndexes.stream().anyMatch(index -> index.columns().equals(names));
  }
}
