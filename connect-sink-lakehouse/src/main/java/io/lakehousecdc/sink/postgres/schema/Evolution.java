// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.codec.ColumnCodec;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import io.lakehousecdc.sink.schema.GuessedTypes;
import io.lakehousecdc.sink.schema.IncompatibleColumnException;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The creation and alteration of tables so that they take the batches that come, as far as the
 * settings permit. Not thread-safe.
 */
public final class Evolution {
  private static final Logger LOG = LoggerFactory.getLogger(Evolution.class);
  private static final SchemaPlanner PLANNER = new SchemaPlanner(ColumnCodec::stores);

  private final Session session;
  private final PostgresSettings settings;
  private final TableOptions options;
  private final WantedColumns wanted;
  private long statements;

  public Evolution(Session session, PostgresSettings settings) {
    this.session = session;
    this.settings = settings;
    this.options = settings.tables();
    this.wanted = new WantedColumns(options);
  }

  /** Number of statements carried out since the last call. */
  public long takeStatements() {
    long taken = statements;
    statements = 0;
    return taken;
  }

  /** Whether the batch has a value that tells the type of one of the columns. */
  public boolean showsType(List<Integer> unknown, TableBatch batch) {
    return WantedColumns.showsType(unknown, batch);
  }

  /** The table as the batch needs it: {@code table} itself where it is right already. */
  public PgTable prepare(Optional<PgTable> table, TableBatch batch) throws SQLException {
    if (table.isPresent() && changes(table.get(), batch).isEmpty()) {
      return table.get();
    }
    if (options.evolution() == TableOptions.Evolution.NONE) {
      throw refused(table, batch);
    }
    lock(batch.table());
    Optional<PgTable> current = session.catalog().table(batch.table());
    if (current.isEmpty()) {
      return warned(create(batch), current, batch);
    }
    List<SchemaChange> changes = changes(current.get(), batch);
    return changes.isEmpty()
        ? current.get()
        : warned(execute(batch.table(), changes), current, batch);
  }

  /** The changed table, after a warning about new columns whose types are guesses. */
  private static PgTable warned(PgTable changed, Optional<PgTable> before, TableBatch batch) {
    Map<String, String> types = new HashMap<>();
    for (PgColumn column : changed.columns()) {
      if (before.flatMap(table -> table.column(column.name())).isEmpty()) {
        types.put(column.name(), column.type().sql());
      }
    }
    GuessedTypes.warning(batch.table(), batch.schema(), types).ifPresent(LOG::warn);
    return changed;
  }

  /** Changes a table, unless the settings forbid it. */
  public PgTable alter(TableId table, List<SchemaChange> changes) throws SQLException {
    if (options.evolution() == TableOptions.Evolution.NONE) {
      throw new FatalException(
          "Table "
              + table
              + " has to change, but schema.evolution is none. Run: "
              + Ddl.alterTable(table, changes, session.catalog())
              + " or set schema.evolution=additive.");
    }
    lock(table);
    return execute(table, changes);
  }

  private PgTable execute(TableId table, List<SchemaChange> changes) throws SQLException {
    run(Ddl.alterTable(table, changes, session.catalog()));
    return session.catalog().table(table).orElseThrow();
  }

  private PgTable create(TableBatch batch) throws SQLException {
    TableId id = batch.table();
    if (!session.catalog().hasSchema(id.schema())) {
      run(Ddl.createSchema(id.schema()));
    }
    run(createSql(batch));
    return session.catalog().table(id).orElseThrow();
  }

  private String createSql(TableBatch batch) throws SQLException {
    RowSchema all = wanted.of(batch, Optional.empty());
    boolean append = options.writeMode() == WriteMode.APPEND;
    RowSchema columns = append ? new RowSchema(all.columns(), List.of()) : all;
    return Ddl.createTable(
        batch.table(), columns, wanted.nullable(batch), settings.fillfactor(), session.catalog());
  }

  /** Tasks that want to change the same table (or create the same schema) do so one by one. */
  void lock(TableId table) throws SQLException {
    for (String name : List.of(table.schema(), Identifiers.qualified(table))) {
      try (PreparedStatement statement =
          session
              .connection()
              .prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 5551))")) {
        statement.setString(1, name);
        statement.execute();
      }
    }
  }

  /** Runs a statement that changes the target, and tells of it. */
  void run(String sql) throws SQLException {
    LOG.info("Changing the target: {}", sql);
    statements++;
    session.execute(sql);
  }

  private FatalException refused(Optional<PgTable> table, TableBatch batch) throws SQLException {
    String sql =
        table.isPresent()
            ? Ddl.alterTable(batch.table(), changes(table.get(), batch), session.catalog())
            : createSql(batch);
    return new FatalException(
        "Table "
            + batch.table()
            + (table.isPresent() ? " lacks what the source has" : " does not exist")
            + ", and schema.evolution is none. Run: "
            + sql
            + " or set schema.evolution=additive.");
  }

  /** Whether a column of the table can store, or be widened to store, values of {@code column}. */
  boolean canStore(PgTable table, Column column) {
    try {
      PLANNER.plan(
          new RowSchema(List.of(column), List.of()),
          table.column(column.name()).map(PgColumn::stored).stream().toList());
      return true;
    } catch (IncompatibleColumnException e) {
      return false;
    }
  }

  private List<SchemaChange> changes(PgTable table, TableBatch batch) {
    RowSchema columns = wanted.of(batch, Optional.of(table));
    Set<String> keys = new HashSet<>();
    columns.keyColumns().forEach(index -> keys.add(columns.column(index).name()));
    boolean keepsNulls = batch.changes().isEmpty();
    try {
      return PLANNER.plan(columns, table.columns().stream().map(PgColumn::stored).toList()).stream()
          .filter(
              change ->
                  !(change instanceof SchemaChange.RelaxNotNull relaxed
                      && (keepsNulls || keys.contains(relaxed.name()))))
          .toList();
    } catch (IncompatibleColumnException e) {
      throw new FatalException("Table " + table.id() + ": " + e.getMessage(), e);
    }
  }
}
