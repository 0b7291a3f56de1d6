// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.ServerFailure;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sink's own tables.
 *
 * @param histories histories of sources
 * @param offsets states of partitions
 * @param truncates truncates and sweeps of each table, for changes that come late
 * @param sweeps sweeps that wait
 * @param sweepWork sweeps that are decided on and not finished
 * @param createdTables tables that have no row below their first
 * @param columns columns that the sources of tables have
 * @param progress up to which transaction sources are shown; created when it is first needed
 * @param status what people want to know of tables; created when it is first needed
 * @param deadLetters rejected records, where they are kept here
 */
public record Bookkeeping(
    HistoryStore histories,
    OffsetStore offsets,
    TruncateStore truncates,
    SweepStore sweeps,
    SweepWorkStore sweepWork,
    CreatedTableStore createdTables,
    ColumnStore columns,
    ProgressStore progress,
    StatusStore status,
    Optional<DeadLetterStore> deadLetters) {

  /** Those of a connector; does not connect. */
  public static Bookkeeping of(PostgresSettings settings, String connector) {
    OffsetStore offsets = new OffsetStore(settings.offsetsTable(), connector);
    return new Bookkeeping(
        new HistoryStore(settings.historiesTable(), connector),
        offsets,
        new TruncateStore(settings.truncatesTable(), settings.tables().writeMode()),
        new SweepStore(settings.sweepsTable(), offsets, connector),
        new SweepWorkStore(settings.sweepWorkTable(), connector),
        new CreatedTableStore(settings.createdTablesTable()),
        new ColumnStore(settings.columnsTable()),
        new ProgressStore(settings.progressTable(), connector),
        new StatusStore(settings.statusTable(), connector),
        settings
            .tables()
            .deadLetterTable()
            .map(name -> new DeadLetterStore(settings.resolved(parsed(name)))));
  }

  private static TableId parsed(String name) {
    int dot = name.indexOf('.');
    return new TableId(dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
  }

  /**
   * Creates tables that are missing, and brings those of an older version up to date, in a
   * transaction of its own.
   *
   * @throws FatalException the user may not; the message tells the statement
   */
  public void create(Session session) throws SQLException {
    List<OwnTable> tables =
        new ArrayList<>(
            List.of(histories, offsets, truncates, sweeps, sweepWork, createdTables, columns));
    deadLetters.ifPresent(tables::add);
    for (OwnTable each : tables) {
      provide(session, each);
    }
    session.commit();
  }

  /** Makes the table of {@link #status} what this version needs, in the open transaction. */
  public void createStatus(Session session) throws SQLException {
    provide(session, status);
  }

  private static void provide(Session session, OwnTable table) throws SQLException {
    Optional<PgTable> stored = session.catalog().table(table.table());
    if (stored.isEmpty()) {
      create(session, table);
    } else if (table.upgradeSql(stored.get()).isPresent()) {
      upgrade(session, table);
    }
  }

  /** Creates the table of {@link #progress} where it is missing, in the open transaction. */
  public void createProgress(Session session) throws SQLException {
    if (session.catalog().table(progress.table()).isEmpty()) {
      create(session, progress);
    }
  }

  private static void create(Session session, OwnTable missing) throws SQLException {
    lock(session);
    String schema = missing.table().schema();
    // Asked first, since creating one needs a privilege even where it is there.
    if (!session.catalog().hasSchema(schema)) {
      session.execute(Ddl.createSchema(schema));
    }
    session.execute(missing.createSql());
  }

  private static void upgrade(Session session, OwnTable old) throws SQLException {
    lock(session);
    // Read again: another task may have done it meanwhile.
    Optional<String> sql = session.catalog().table(old.table()).flatMap(old::upgradeSql);
    if (sql.isEmpty()) {
      return;
    }
    try {
      session.execute(sql.get());
    } catch (SQLException e) {
      if (SqlErrors.state(e).equals(SqlErrors.INSUFFICIENT_PRIVILEGE)) {
        throw new FatalException(
            "Table "
                + old.table()
                + " was made by an older version, and the user may not alter it. Run as its owner: "
                + sql.get(),
            ServerFailure.of(e));
      }
      throw e;
    }
  }

  private static void lock(Session session) throws SQLException {
    session.execute("SELECT pg_advisory_xact_lock(hashtextextended('lakehousecdc', 5551))");
  }
}
