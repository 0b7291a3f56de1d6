// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import java.util.Optional;
import java.util.Set;

/** A table of the sink's own: how it is created, and brought up to date from an older version. */
interface OwnTable {

  /** Name of the table. */
  TableId table();

  /** Statement that creates it where it is missing. */
  String createSql();

  /**
   * Statement that makes a stored table what this version needs.
   *
   * @return empty where it is that already
   */
  default Optional<String> upgradeSql(PgTable stored) {
    return Optional.empty();
  }

  /**
   * Part of an ALTER TABLE that replaces the primary key.
   *
   * @param old columns of the key so far
   * @param wanted columns of the new one, in SQL
   * @return empty where the table has no such key
   */
  static Optional<String> rekeyed(PgTable stored, Set<String> old, String wanted) {
    return stored.uniqueIndexes().stream()
        .filter(index -> index.columns().equals(old))
        .findAny()
        .map(
            index ->
                "DROP CONSTRAINT "
                    + Identifiers.quote(index.name())
                    + ", ADD PRIMARY KEY ("
                    + wanted
                    + ")");
  }
}
