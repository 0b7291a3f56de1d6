// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.Connections;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.stream.Collectors;

/** The tables of a PostgreSQL warehouse. */
final class PostgresTables implements TargetTables {
  private final ConfiguredSink sink;
  private final PostgresSettings settings;
  private final ReadSession session;
  private final Pace pace;

  private PostgresTables(
      ConfiguredSink sink, PostgresSettings settings, ReadSession session, Pace pace) {
    this.sink = sink;
    this.settings = settings;
    this.session = session;
    this.pace = pace;
  }

  static PostgresTables open(ConfiguredSink sink, int parallel, Pace pace) throws SQLException {
    PostgresSettings settings = new PostgresSettings(sink.targetSettings());
    return new PostgresTables(
        sink, settings, ReadSession.open(() -> Connections.open(settings), parallel), pace);
  }

  @Override
  public Optional<Table> table(TableId name) throws SQLException {
    return new Catalog(session.first()).table(settings.resolved(name)).map(Found::new);
  }

  @Override
  public String encoding() throws SQLException {
    return session.encoding();
  }

  private final class Found implements Table {
    private final PgTable table;

    Found(PgTable table) {
      this.table = table;
    }

    @Override
    public TableId name() {
      return table.id();
    }

    @Override
    public boolean has(String column) {
      return table.column(column).isPresent();
    }

    @Override
    public Optional<ComparedColumn> compared(PgColumn source, String name) {
      PgColumn column = table.column(name).orElseThrow();
      return ValueKind.pair(source.type(), column.type())
          .map(
              kinds ->
                  new ComparedColumn(
                      source.name(), name, kinds, source.type().sql(), column.type().sql()));
    }

    @Override
    public long count() throws SQLException {
      try (Statement statement = session.first().createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table.sql())) {
        row.next();
        return row.getLong(1);
      }
    }

    @Override
    public TargetRows rows(TablePair pair) {
      return new PostgresTargetRows(
          session,
          pair,
          table.columns().stream().map(PgColumn::name).collect(Collectors.toSet()),
          sink.tables(),
          new PostgresTargetRows.Offsets(settings.offsetsTable(), sink.connector()),
          pace);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
