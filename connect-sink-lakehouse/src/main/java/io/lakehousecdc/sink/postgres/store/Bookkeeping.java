// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Creates the sink's own tables where they are missing, in a transaction of its own. */
public final class Bookkeeping {
  private Bookkeeping() {}

  public static void create(
      Session session,
      OffsetStore offsets,
      TruncateStore truncates,
      SweepStore sweeps,
      ColumnStore columns,
      Optional<DeadLetterStore> deadLetters)
      throws SQLException {
    Map<TableId, String> tables = new LinkedHashMap<>();
    tables.put(offsets.table(), offsets.createSql());
    tables.put(truncates.table(), truncates.createSql());
    tables.put(sweeps.table(), sweeps.createSql());
    tables.put(columns.table(), columns.createSql());
    deadLetters.ifPresent(letters -> tables.put(letters.table(), letters.createSql()));
    for (Map.Entry<TableId, String> entry : tables.entrySet()) {
      if (!exists(session, entry.getKey())) {
        session.execute("SELECT pg_advisory_xact_lock(hashtextextended('lakehousecdc', 5551))");
        if (!schemaExists(session, entry.getKey().schema())) {
          session.execute(Ddl.createSchema(entry.getKey().schema()));
        }
        session.execute(entry.getValue());
      }
    }
    session.commit();
  }

  /** Whether the schema is there; asked first, since creating one needs a privilege. */
  public static boolean schemaExists(Session session, String schema) throws SQLException {
    try (PreparedStatement query =
        session.connection().prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
      query.setString(1, schema);
      return query.executeQuery().next();
    }
  }

  private static boolean exists(Session session, TableId table) throws SQLException {
    return session.catalog().table(table).isPresent();
  }
}
