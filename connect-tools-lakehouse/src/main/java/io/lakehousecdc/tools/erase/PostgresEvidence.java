// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.tools.removal.PostgresAccess;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The table of erasures in PostgreSQL, beside that of offsets, keyed by run. */
final class PostgresEvidence {
  private final PostgresAccess access;
  private final TableId table;

  PostgresEvidence(PostgresAccess access) {
    this.access = access;
    this.table = new TableId(access.settings().offsetsTable().schema(), ErasureTables.NAME);
  }

  /** Writes a run, in the place of what was written of it before. Makes the table if need be. */
  void write(Evidence run) throws SQLException {
    create();
    access.transaction(
        "Table " + table + ": writing",
        connection -> {
          String upsert =
              "INSERT INTO "
                  + Identifiers.qualified(table)
                  + " (run, table_name, key_columns, key_hash, salt, began_at, finished_at,"
                  + " delete_lsn, found, remains) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  + " ON CONFLICT (run) DO UPDATE SET finished_at = excluded.finished_at,"
                  + " found = excluded.found, remains = excluded.remains";
          try (PreparedStatement statement = connection.prepareStatement(upsert)) {
            statement.setString(1, run.run());
            statement.setString(2, run.table());
            statement.setString(3, run.columns());
            statement.setString(4, run.keyHash());
            statement.setString(5, run.salt());
            statement.setObject(6, time(run.began()));
            statement.setObject(7, run.finished().map(PostgresEvidence::time).orElse(null));
            statement.setObject(8, run.deleteLsn().orElse(null), Types.BIGINT);
            statement.setString(9, run.found());
            statement.setString(10, run.remains());
            return statement.executeUpdate();
          }
        });
  }

  private void create() throws SQLException {
    if (access.table(table).isPresent()) {
      return;
    }
    try {
      access.transaction(
          "Table " + table + ": creating it",
          connection -> {
            try (Statement statement = connection.createStatement()) {
              return statement.execute(
                  "CREATE TABLE IF NOT EXISTS "
                      + Identifiers.qualified(table)
                      + """
                       (run text PRIMARY KEY, table_name text NOT NULL, key_columns text NOT NULL,
                        key_hash text NOT NULL, salt text NOT NULL, began_at timestamptz NOT NULL,
                        finished_at timestamptz, delete_lsn bigint, found text NOT NULL,
                        remains text NOT NULL)""");
            }
          });
    } catch (TargetException e) {
      // Another run may have come first.
      if (access.table(table).isEmpty()) {
        throw e;
      }
    }
  }

  private static OffsetDateTime time(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
