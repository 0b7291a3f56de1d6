// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.postgres.schema.CreatedTables;
import io.lakehousecdc.sink.postgres.schema.Evolution;
import io.lakehousecdc.sink.postgres.schema.SourceColumns;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.Transactional;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.store.CreatedTableStore;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tables that a session writes to: read from the catalogue once, brought to the schemas that
 * come, and compiled for each schema. What it caches of an uncommitted transaction is gone after a
 * rollback. Not thread-safe.
 */
public final class TargetTables {
  private final Session session;
  private final TableOptions options;
  private final CreatedTables created;
  private final Evolution evolution;
  private final SourceColumns columns;
  private final KeyRequirement keys;
  private final EncodeAhead ahead;
  private final TableWrites writes;
  private final Transactional<TableId, PgTable> tables = new Transactional<>();
  private final Transactional<CompiledKey, CompiledTable> compiled = new Transactional<>();

  private final Set<TableId> doubted = new HashSet<>();

  private record CompiledKey(TableId table, RowSchema schema) {}

  public TargetTables(
      Session session,
      PostgresSettings settings,
      SharedConstraints sharedConstraints,
      EncodeAhead ahead) {
    this.session = session;
    this.options = settings.tables();
    this.created = new CreatedTables(session, new CreatedTableStore(settings.createdTablesTable()));
    this.evolution = new Evolution(session, settings, created);
    this.columns = new SourceColumns(session, settings, evolution);
    this.keys = new KeyRequirement(options, sharedConstraints);
    this.ahead = ahead;
    this.writes = new TableWrites(session, options.writeMode(), ahead);
  }

  /** The ways in which this session writes batches. */
  TableWrites writes() {
    return writes;
  }

  /**
   * Makes a batch's table ready: sees to columns that the source has dropped, then creates or
   * changes the table as the batch needs. Empty where the batch holds no changes and there is no
   * table.
   */
  Optional<PreparedBatch> prepare(TableBatch batch) throws SQLException {
    SourceColumns.Followed followed = columns.follow(batch);
    followed.changed().ifPresent(this::changed);
    Optional<CompiledTable> compiled = compiled(followed.batch());
    if (compiled.isPresent() && options.writeMode() == WriteMode.UPSERT) {
      created.written(compiled.get().plan().table(), followed.batch());
    }
    return compiled.map(table -> new PreparedBatch(followed.batch(), followed.masked(), table));
  }

  /** Whether the table is known to be as the batch needs it. */
  public boolean isCompiled(TableBatch batch) {
    CompiledTable known = compiled.find(new CompiledKey(batch.table(), batch.schema()));
    return batch.changes().isEmpty()
        || known != null && !evolution.showsType(known.plan().unknown(), batch);
  }

  /** Whether {@link #prepare} will have the server write every row of the batch's table anew. */
  public boolean rewrites(TableBatch batch) throws SQLException {
    Optional<PgTable> table = isCompiled(batch) ? Optional.empty() : stored(batch.table());
    return table.isPresent()
        && evolution.rewrites(table.get(), batch, columns.history(batch.table()));
  }

  /** Sees to columns that the source has dropped, so that {@link #prepare} need not. */
  public void follow(TableBatch batch) throws SQLException {
    columns.follow(batch).changed().ifPresent(this::changed);
  }

  /** Changes the batch's table, which exists, so that {@link #prepare} need not. */
  public void evolve(TableBatch batch) throws SQLException {
    changed(evolution.prepare(stored(batch.table()), batch, columns.history(batch.table())));
  }

  /** What is known of tables that the sink has created. */
  CreatedTables created() {
    return created;
  }

  /**
   * Makes sure, once the tables are locked, that nobody has changed their columns since {@link
   * #prepare}.
   */
  void requireCurrent(List<TableId> locked) throws SQLException {
    columns.requireCurrent(locked);
  }

  /**
   * The table may have changed: a value did not fit in it. It is read anew before its next batch,
   * so that a column which the user has widened meanwhile takes it.
   */
  void doubt(TableId table) {
    doubted.add(table);
  }

  private void reread(TableId id) throws SQLException {
    Optional<PgTable> read = session.catalog().table(id);
    if (read.isPresent() && !read.get().equals(tables.find(id))) {
      changed(read.get());
    }
  }

  private Optional<CompiledTable> compiled(TableBatch batch) throws SQLException {
    if (doubted.remove(batch.table())) {
      reread(batch.table());
    }
    CompiledKey key = new CompiledKey(batch.table(), batch.schema());
    CompiledTable known = compiled.find(key);
    if (known != null && !evolution.showsType(known.plan().unknown(), batch)) {
      return Optional.of(known);
    }
    Optional<PgTable> table = stored(batch.table());
    if (batch.changes().isEmpty() && table.isEmpty()) {
      return Optional.empty();
    }
    if (table.isPresent() && !batch.changes().isEmpty()) {
      keys.checkStored(table.get(), batch.schema(), session.catalog());
    }
    PgTable ready = evolution.prepare(table, batch, columns.history(batch.table()));
    if (table.isEmpty() || !ready.equals(table.get())) {
      changed(ready);
    }
    TablePlan plan = TablePlan.of(ready, batch.schema(), options, session.serverVersion());
    CompiledTable made = CompiledTable.of(session.newStaging(plan), session.serverVersion());
    if (!batch.changes().isEmpty()) {
      keys.check(plan, session.catalog());
      compiled.put(key, made);
      ahead.plan(made.layouts());
    }
    return Optional.of(made);
  }

  /** Lets columns take NULL, as a staged batch needs. */
  void relax(PgTable table, Set<PgColumn> columns) throws SQLException {
    changed(evolution.relax(table, columns));
  }

  /** As {@link #relax}, for the columns of those names that a table has. */
  public void relaxNames(TableId table, List<String> names) throws SQLException {
    Optional<PgTable> found = stored(table);
    if (found.isEmpty()) {
      return;
    }
    Set<PgColumn> relaxed = new HashSet<>();
    for (PgColumn column : found.get().columns()) {
      if (column.notNull() && names.contains(column.name())) {
        relaxed.add(column);
      }
    }
    if (!relaxed.isEmpty()) {
      relax(found.get(), relaxed);
    }
  }

  /** See {@link SourceColumns#isOfKnownColumns}. */
  public boolean isOfKnownColumns(TableBatch batch) {
    return columns.isOfKnownColumns(batch);
  }

  /** See {@link SourceColumns#cleared}. */
  public List<String> cleared(TableBatch batch) throws SQLException {
    return columns.cleared(batch);
  }

  private Optional<PgTable> stored(TableId id) throws SQLException {
    PgTable known = tables.find(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PgTable> read = session.catalog().table(id);
    read.ifPresent(table -> tables.put(id, table));
    return read;
  }

  private void changed(PgTable table) {
    tables.put(table.id(), table);
    compiled.removeIf(key -> key.table().equals(table.id()));
  }

  /** Number of statements that created or changed tables since the last call. */
  public long takeDdlStatements() {
    return evolution.takeStatements();
  }

  public void committed() {
    created.committed();
    columns.committed();
    tables.committed();
    compiled.committed();
  }

  public void rolledBack() {
    created.rolledBack();
    columns.rolledBack();
    tables.rolledBack();
    compiled.rolledBack();
  }
}
