// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sink's own tables.
 *
 * @param offsets states of partitions
 * @param truncates greatest truncate of each table
 * @param sweeps sweeps that wait
 * @param columns columns that the sources of tables have
 * @param deadLetters rejected records, where they are kept here
 */
public record Bookkeeping(
    OffsetStore offsets,
    TruncateStore truncates,
    SweepStore sweeps,
    ColumnStore columns,
    Optional<DeadLetterStore> deadLetters) {

  /** Those of a connector; does not connect. */
  public static Bookkeeping of(PostgresSettings settings, String connector) {
    return new Bookkeeping(
        new OffsetStore(settings.offsetsTable(), connector),
        new TruncateStore(settings.truncatesTable()),
        new SweepStore(settings.sweepsTable(), settings.offsetsTable(), connector),
        new ColumnStore(settings.columnsTable()),
        settings
            .tables()
            .deadLetterTable()
            .map(name -> new DeadLetterStore(settings.resolved(parsed(name)))));
  }

  private static TableId parsed(String name) {
    int dot = name.indexOf('.');
    return new TableId(dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
  }

  /** Creates tables that are missing, in a transaction of its own. */
  public void create(Session session) throws SQLException {
    Map<TableId, String> tables = new LinkedHashMap<>();
    tables.put(offsets.table(), offsets.createSql());
    tables.put(truncates.table(), truncates.createSql());
    tables.put(sweeps.table(), sweeps.createSql());
    tables.put(columns.table(), columns.createSql());
    deadLetters.ifPresent(letters -> tables.put(letters.table(), letters.createSql()));
    for (Map.Entry<TableId, String> entry : tables.entrySet()) {
      if (session.catalog().table(entry.getKey()).isEmpty()) {
        create(session, entry.getKey().schema(), entry.getValue());
      }
    }
    session.commit();
  }

  private static void create(Session session, String schema, String createSql) throws SQLException {
    session.execute("SELECT pg_advisory_xact_lock(hashtextextended('lakehousecdc', 5551))");
    // Asked first, since creating one needs a privilege even where it is there.
    if (!session.catalog().hasSchema(schema)) {
      session.execute(Ddl.createSchema(schema));
    }
    session.execute(createSql);
  }
}
