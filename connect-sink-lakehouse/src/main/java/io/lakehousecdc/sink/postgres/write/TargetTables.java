// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.schema.Evolution;
import io.lakehousecdc.sink.postgres.schema.SourceColumns;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.Transactional;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The tables that a session writes to: read from the catalogue once, brought to the schemas that
 * come, and with a writer for each schema. What it caches of an uncommitted transaction is gone
 * after a rollback. Not thread-safe.
 */
public final class TargetTables {
  /** Every commit empties every staging table, used or not; beyond so many they are dropped. */
  private static final int MAX_STAGING_TABLES = 100;

  private final Session session;
  private final TableOptions options;
  private final Evolution evolution;
  private final SourceColumns columns;
  private final SharedConstraints sharedConstraints;
  private final EncodeAhead ahead;
  private final CopyBuffer buffer = new CopyBuffer();
  private final Transactional<TableId, PgTable> tables = new Transactional<>();
  private final Transactional<WriterKey, TableWriter> writers = new Transactional<>();

  private record WriterKey(TableId table, RowSchema schema) {}

  public TargetTables(
      Session session,
      PostgresSettings settings,
      SharedConstraints sharedConstraints,
      EncodeAhead ahead) {
    this.session = session;
    this.options = settings.tables();
    this.sharedConstraints = sharedConstraints;
    this.ahead = ahead;
    this.evolution = new Evolution(session, settings);
    this.columns = new SourceColumns(session, settings, evolution);
  }

  /** The batch as it is to be written, after dropped columns have been seen to. */
  TableBatch follow(TableBatch batch) throws SQLException {
    SourceColumns.Followed followed = columns.follow(batch);
    followed.changed().ifPresent(this::changed);
    return followed.batch();
  }

  /**
   * Makes sure, once the tables are locked, that nobody has changed their columns since {@link
   * #follow}.
   */
  void requireCurrent(List<TableId> locked) throws SQLException {
    columns.requireCurrent(locked);
  }

  /**
   * The writer for a batch, after the table has been created or changed as the batch needs; empty
   * where the batch holds no changes and there is no table.
   */
  Optional<TableWriter> writer(TableBatch batch) throws SQLException {
    WriterKey key = new WriterKey(batch.table(), batch.schema());
    TableWriter known = writers.find(key);
    if (known != null && !evolution.showsType(known.plan().unknown(), batch)) {
      return Optional.of(known);
    }
    Optional<PgTable> table = stored(batch.table());
    if (batch.changes().isEmpty() && table.isEmpty()) {
      return Optional.empty();
    }
    PgTable ready = evolution.prepare(table, batch);
    if (table.isEmpty() || ready != table.get()) {
      changed(ready);
    }
    TablePlan plan = TablePlan.of(ready, batch.schema(), options, session.serverVersion());
    if (!batch.changes().isEmpty()) {
      check(plan);
    }
    StagingTable staging = session.newStaging(plan);
    DirectInsert newRows = new DirectInsert(plan);
    TableWriter writer =
        options.writeMode() == WriteMode.APPEND
            ? new AppendWriter(session, staging, buffer)
            : new UpsertWriter(session, staging, buffer, ahead, newRows);
    if (!batch.changes().isEmpty()) {
      writers.put(key, writer);
      ahead.plan(newRows);
    }
    return Optional.of(writer);
  }

  /** Lets columns take NULL, as a staged batch needs. */
  void relax(TableId table, Set<PgColumn> columns) throws SQLException {
    List<SchemaChange> changes =
        columns.stream()
            .map(column -> (SchemaChange) new SchemaChange.RelaxNotNull(column.name()))
            .toList();
    changed(evolution.alter(table, changes));
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
    writers.removeIf(key -> key.table().equals(table.id()));
  }

  private void check(TablePlan plan) throws SQLException {
    PgTable table = plan.table();
    Set<String> key = new HashSet<>();
    StringJoiner list = new StringJoiner(", ");
    for (int index : plan.schema().keyColumns()) {
      String name = plan.schema().column(index).name();
      key.add(name);
      list.add(Identifiers.quote(name));
    }
    if (options.writeMode() == WriteMode.APPEND) {
      Set<String> written = new HashSet<>();
      plan.columns().forEach(column -> written.add(column.column().name()));
      for (PgTable.UniqueIndex index : table.uniqueIndexes()) {
        if (written.containsAll(index.columns())) {
          throw new FatalException(
              "Table "
                  + table.id()
                  + " keeps "
                  + index.columns()
                  + " unique by "
                  + index.name()
                  + ", but with write.mode=append it holds every change of a row. Drop the"
                  + " constraint, or map the topic to another table with table.name.map.");
        }
      }
      return;
    }
    if (key.isEmpty()) {
      throw new FatalException(
          "The records for table "
              + table.id()
              + " have no key, which write.mode=upsert needs. Name its columns with key.columns, or"
              + " set write.mode=append.");
    }
    if (plan.keys().contains(null)) {
      throw new FatalException(
          "A key column of table "
              + table.id()
              + " ("
              + list
              + ") is generated by the target. Make"
              + " it an ordinary column.");
    }
    if (!table.isUniqueOn(key)) {
      throw new FatalException(
          "Table "
              + table.id()
              + " does not keep its key ("
              + list
              + ") unique. Run: ALTER TABLE "
              + table.sql()
              + " ADD PRIMARY KEY ("
              + list
              + ")");
    }
    sharedConstraints.look(table, key, session.catalog());
  }

  /** Makes room for the staging tables of a commit to so many tables. */
  void makeRoom(int tablesWritten) throws SQLException {
    if (session.stagingTables() > Math.max(MAX_STAGING_TABLES, 2 * tablesWritten)) {
      session.dropStagings();
      writers.clear();
    }
  }

  /** Number of statements that created or changed tables since the last call. */
  public long takeDdlStatements() {
    return evolution.takeStatements();
  }

  public void committed() {
    columns.committed();
    tables.committed();
    writers.committed();
  }

  public void rolledBack() {
    columns.rolledBack();
    tables.rolledBack();
    writers.rolledBack();
  }
}
