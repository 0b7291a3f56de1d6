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
import io.lakehousecdc.sink.postgres.catalog.PgTable.UniqueIndex;
import io.lakehousecdc.sink.postgres.codec.ColumnCodec;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.schema.GuessedTypes;
import io.lakehousecdc.sink.schema.IncompatibleColumnException;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.RelaxNotNull;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final CreatedTables created;
  private final Optional<CurrentView> view;
  private long statements;

  /**
   * @param created told of the tables that are created
   */
  public Evolution(Session session, PostgresSettings settings, CreatedTables created) {
    this.created = created;
    this.session = session;
    this.settings = settings;
    this.options = settings.tables();
    this.wanted = new WantedColumns(options);
    this.view =
        options
            .history()
            .filter(history -> settings.createsCurrentView())
            .map(history -> new CurrentView(history.columns()));
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

  /**
   * The table as the batch needs it: {@code table} itself where it is right already.
   *
   * @param history columns that the source has and had
   */
  public PgTable prepare(Optional<PgTable> table, TableBatch batch, ColumnHistory history)
      throws SQLException {
    if (table.isPresent() && changes(table.get(), batch, history).isEmpty()) {
      return table.get();
    }
    if (options.evolution() == TableOptions.Evolution.NONE) {
      throw refused(table, batch, history);
    }
    if (table.isEmpty() && !session.catalog().hasSchema(batch.table().schema())) {
      lock(batch.table().schema());
    }
    lock(batch.table());
    Optional<PgTable> current = session.catalog().table(batch.table());
    if (current.isEmpty()) {
      return warned(create(batch), current, batch);
    }
    List<SchemaChange> changes = changes(current.get(), batch, history);
    return changes.isEmpty()
        ? current.get()
        : warned(execute(batch.table(), changes), current, batch);
  }

  /**
   * Whether {@link #prepare} will have the server write every row of the table anew; false also
   * where it will refuse the batch.
   */
  public boolean rewrites(PgTable table, TableBatch batch, ColumnHistory history)
      throws SQLException {
    try {
      return options.evolution() == TableOptions.Evolution.ADDITIVE
          && changes(table, batch, history).stream().anyMatch(Rewrites::rewrites);
    } catch (FatalException e) {
      return false;
    }
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

  /**
   * Lets columns take NULL, because a row has it there.
   *
   * @throws FatalException one is part of the primary key, or the settings forbid changes
   */
  public PgTable relax(PgTable table, Collection<PgColumn> columns) throws SQLException {
    Optional<UniqueIndex> primary = session.catalog().primaryKey(table);
    List<SchemaChange> changes = new ArrayList<>();
    for (PgColumn column : columns) {
      if (primary.isPresent() && primary.get().columns().contains(column.name())) {
        throw new FatalException(
            "Table "
                + table.id()
                + ": a row has NULL in column "
                + column.name()
                + ", which is part of the primary key "
                + primary.get().columns()
                + " and not of the records' key. Run: ALTER TABLE "
                + table.sql()
                + " DROP CONSTRAINT "
                + Identifiers.quote(primary.get().name()));
      }
      changes.add(new RelaxNotNull(column.name()));
    }
    return alter(table.id(), changes);
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
    String statement = Ddl.alterTable(table, changes, session.catalog());
    if (changes.stream().anyMatch(Rewrites::rewrites)) {
      requireRewritable(table, statement);
    }
    try {
      if (view.isPresent() && CurrentView.isInTheWay(changes)) {
        run(CurrentView.dropSql(table));
      }
      run(statement);
    } catch (SQLException e) {
      if (SqlErrors.state(e).equals(SqlErrors.NOT_SUPPORTED)) {
        throw new FatalException(
            SqlErrors.classify(e, "Table " + table + ", changing it").getMessage()
                + " Drop what is named here (pg_get_viewdef gives the definition of a view), change"
                + " the table, create again what was dropped, and restart the task. Run: "
                + statement,
            e);
      }
      throw e;
    }
    PgTable changed = session.catalog().table(table).orElseThrow();
    createView(changed);
    return changed;
  }

  private void createView(PgTable table) throws SQLException {
    if (view.isPresent()) {
      run(view.get().createSql(table));
    }
  }

  /**
   * Makes sure that a statement which rewrites a table ends in good time: nobody can read or write
   * the table meanwhile, and all tables of the task wait.
   */
  private void requireRewritable(TableId table, String sql) throws SQLException {
    long bytes =
        session.number(
            "SELECT pg_total_relation_size(t.oid)"
                + " + (SELECT coalesce(sum(pg_total_relation_size(p.relid)), 0)"
                + " FROM pg_partition_tree(t.oid) p WHERE p.relid <> t.oid)::int8 FROM (SELECT "
                + Identifiers.literal(Identifiers.qualified(table))
                + "::regclass AS oid) t");
    if (bytes > settings.rewriteBytes()) {
      throw new FatalException(
          "Table "
              + table
              + " has to be rewritten, which locks it for long: it has "
              + bytes
              + " bytes, more than schema.rewrite.max.bytes. Run the statement when that is"
              + " possible, and restart the task: "
              + sql
              + "; or raise schema.rewrite.max.bytes.");
    }
  }

  private PgTable create(TableBatch batch) throws SQLException {
    TableId id = batch.table();
    if (!session.catalog().hasSchema(id.schema())) {
      run(Ddl.createSchema(id.schema()));
    }
    run(createSql(batch));
    session.execute(Ddl.comment(id));
    if (options.history().isPresent() && batch.schema().hasKey()) {
      session.execute(
          Ddl.currentIndex(id, batch.schema(), options.history().get().columns().current()));
    }
    PgTable table = session.catalog().table(id).orElseThrow();
    createView(table);
    if (options.writeMode() == WriteMode.UPSERT) {
      created.created(table, batch);
    }
    return table;
  }

  private String createSql(TableBatch batch) throws SQLException {
    RowSchema all = wanted.of(batch, Optional.empty());
    boolean append = options.writeMode() == WriteMode.APPEND;
    RowSchema columns = append ? new RowSchema(all.columns(), List.of()) : all;
    return Ddl.createTable(
        batch.table(), columns, wanted.nullable(batch), settings.fillfactor(), session.catalog());
  }

  /** Tasks that want to change the same table do so one by one, beside those of other tables. */
  void lock(TableId table) throws SQLException {
    lock(Identifiers.qualified(table));
  }

  /** Tasks that want to create the same schema do so one by one, too. */
  private void lock(String name) throws SQLException {
    try (PreparedStatement statement =
        session
            .connection()
            .prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 5551))")) {
      statement.setString(1, name);
      statement.execute();
    }
  }

  /** Runs a statement that changes the target, and tells of it. */
  void run(String sql) throws SQLException {
    LOG.info("Changing the target: {}", sql);
    statements++;
    session.scanning(
        () -> {
          session.execute(sql);
          return 0;
        });
  }

  private FatalException refused(Optional<PgTable> table, TableBatch batch, ColumnHistory history)
      throws SQLException {
    String sql =
        table.isPresent()
            ? Ddl.alterTable(batch.table(), changes(table.get(), batch, history), session.catalog())
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

  private List<SchemaChange> changes(PgTable table, TableBatch batch, ColumnHistory history)
      throws SQLException {
    RowSchema columns = wanted.of(batch, Optional.of(table));
    List<SchemaChange> changes = new ArrayList<>();
    try {
      for (SchemaChange change :
          PLANNER.plan(columns, table.columns().stream().map(PgColumn::stored).toList())) {
        if (!(change instanceof RelaxNotNull relaxed)
            || givesUpNotNull(relaxed.name(), table, columns, batch, history)) {
          changes.add(change);
        }
      }
    } catch (IncompatibleColumnException e) {
      throw new FatalException("Table " + table.id() + ": " + e.getMessage(), e);
    }
    return changes;
  }

  /**
   * Whether a column is to take NULL. Key columns are not, be it the records' key or the primary
   * key, nor columns that are the user's.
   */
  private boolean givesUpNotNull(
      String name, PgTable table, RowSchema columns, TableBatch batch, ColumnHistory history)
      throws SQLException {
    int index = columns.indexOf(name);
    boolean sources = index >= 0 || history.everHad(name) || isCreated(name, table);
    return sources
        && !batch.changes().isEmpty()
        && !columns.keyColumns().contains(index)
        && !inPrimaryKey(name, table);
  }

  private boolean inPrimaryKey(String name, PgTable table) throws SQLException {
    return session
        .catalog()
        .primaryKey(table)
        .filter(key -> key.columns().contains(name))
        .isPresent();
  }

  /** Whether the sink created the column: with the table, and before the metadata columns. */
  private boolean isCreated(String name, PgTable table) {
    List<String> names = table.columns().stream().map(PgColumn::name).toList();
    return table.created() && names.indexOf(name) < names.indexOf(options.metadata().op());
  }
}
