// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.Transactional;
import io.lakehousecdc.sink.postgres.store.ColumnStore;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.ClearColumn;
import io.lakehousecdc.sink.schema.SchemaChange.DropColumn;
import io.lakehousecdc.sink.schema.SchemaChange.RelaxNotNull;
import io.lakehousecdc.sink.schema.SchemaChange.ReplaceColumn;
import io.lakehousecdc.sink.spi.ColumnChanges;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns that the sources of tables have, and what it means for a table that one was dropped.
 * What other tasks have found out is read anew once the table is locked against them. Not
 * thread-safe.
 */
public final class SourceColumns {
  private static final Logger LOG = LoggerFactory.getLogger(SourceColumns.class);

  private final Session session;
  private final PostgresSettings settings;
  private final Evolution evolution;
  private final ColumnStore store;
  private final Transactional<TableId, ColumnHistory> histories = new Transactional<>();

  public SourceColumns(Session session, PostgresSettings settings, Evolution evolution) {
    this.session = session;
    this.settings = settings;
    this.evolution = evolution;
    this.store = new ColumnStore(settings.columnsTable());
  }

  /**
   * Carries out what the batch means for columns that the table has.
   *
   * @return the batch as it is to be written, and whether the table is another now
   */
  public Followed follow(TableBatch batch) throws SQLException {
    if (!ColumnChanges.areFollowed(settings.tables())) {
      return new Followed(batch, false, Optional.empty());
    }
    TableId table = batch.table();
    ColumnHistory known = histories.find(table);
    if (known == null) {
      known = read(table);
    }
    ColumnChanges changes = ColumnChanges.of(known, batch, settings.tables());
    Optional<PgTable> changed = Optional.empty();
    if (changes.isNews()) {
      evolution.lock(table);
      changes = ColumnChanges.of(read(table), batch, settings.tables());
      changed = carryOut(table, changes);
    }
    histories.put(table, changes.history());
    return new Followed(changes.batch(), !changes.batch().equals(batch), changed);
  }

  /** What is known of the columns of a table's source, after {@link #follow}. */
  public ColumnHistory history(TableId table) {
    ColumnHistory known = histories.find(table);
    return known == null ? ColumnHistory.EMPTY : known;
  }

  /**
   * A batch to write.
   *
   * @param masked whether columns or values were taken out of the batch that was given
   * @param changed the table, where its columns have been changed
   */
  public record Followed(TableBatch batch, boolean masked, Optional<PgTable> changed) {}

  /**
   * Makes sure that nobody has changed columns since {@link #follow}. The tables are locked.
   *
   * @throws RetriableException somebody has
   */
  public void requireCurrent(Collection<TableId> tables) throws SQLException {
    if (!ColumnChanges.areFollowed(settings.tables())) {
      return;
    }
    Map<TableId, ColumnHistory> stored = store.read(session.connection(), tables);
    for (TableId table : tables) {
      ColumnHistory known = histories.find(table);
      if (known != null && !known.sameColumns(stored.get(table))) {
        histories.removeIf(table::equals);
        throw new RetriableException(
            "Table " + table + ": another task has followed a change of columns meanwhile.", null);
      }
    }
  }

  public void committed() {
    histories.committed();
  }

  public void rolledBack() {
    histories.rolledBack();
  }

  private ColumnHistory read(TableId table) throws SQLException {
    return store.read(session.connection(), List.of(table)).get(table);
  }

  private Optional<PgTable> carryOut(TableId table, ColumnChanges changes) throws SQLException {
    if (!changes.isNews()) {
      return Optional.empty();
    }
    String description = changes.description(settings.tables());
    if (!description.isEmpty()) {
      LOG.warn("Table {}: {}", table, description);
    }
    store.write(session.connection(), table, changes.history());
    Optional<PgTable> current = session.catalog().table(table);
    if (current.isEmpty()) {
      return Optional.empty();
    }
    Alterations alterations = alterations(current.get(), changes);
    if (alterations.schema().isEmpty()) {
      return Optional.empty();
    }
    // Rows that other tasks are writing at this moment must not miss the change.
    session.execute("LOCK TABLE " + current.get().sql() + " IN SHARE ROW EXCLUSIVE MODE");
    PgTable altered = evolution.alter(table, alterations.schema());
    if (!alterations.cleared().isEmpty()) {
      evolution.run(clearSql(altered, alterations.cleared()));
    }
    return Optional.of(altered);
  }

  /**
   * What changes of the source's columns mean for a table.
   *
   * @param cleared columns whose values are set to NULL
   */
  private record Alterations(List<SchemaChange> schema, List<String> cleared) {}

  private Alterations alterations(PgTable current, ColumnChanges changes) {
    List<SchemaChange> alterations = new ArrayList<>();
    List<String> cleared = new ArrayList<>();
    for (SchemaChange step : changes.steps()) {
      if (step instanceof DropColumn drop && mayChange(current, drop.name())) {
        alterations.add(drop);
      } else if (step instanceof ClearColumn clear && mayChange(current, clear.name())) {
        alterations.add(new RelaxNotNull(clear.name()));
        cleared.add(clear.name());
      } else if (step instanceof ReplaceColumn replace
          && mayChange(current, replace.column().name())) {
        String name = replace.column().name();
        boolean fits = evolution.canStore(current, replace.column());
        // What depends on the column (indexes, views) survives where its type can.
        alterations.add(fits ? new RelaxNotNull(name) : new DropColumn(name));
        if (fits) {
          cleared.add(name);
        }
      }
    }
    return new Alterations(alterations, cleared);
  }

  /** Whether a batch shows the columns that are known, by what is cached here. */
  public boolean isOfKnownColumns(TableBatch batch) {
    if (!ColumnChanges.areFollowed(settings.tables()) || batch.observedSchemas().isEmpty()) {
      return true;
    }
    ColumnHistory known = histories.find(batch.table());
    return known != null && known.after(batch.observedSchemas()).sameColumns(known);
  }

  /**
   * The columns of a table that {@link #follow} will set to NULL for a batch; empty where there are
   * none. Until the transaction ends, no other task follows changes of the table's columns.
   */
  public List<String> cleared(TableBatch batch) throws SQLException {
    TableId table = batch.table();
    if (isOfKnownColumns(batch)) {
      return List.of();
    }
    ColumnHistory known = read(table);
    if (known.after(batch.observedSchemas()).sameColumns(known)) {
      return List.of();
    }
    evolution.lock(table);
    ColumnChanges changes = ColumnChanges.of(read(table), batch, settings.tables());
    Optional<PgTable> current = session.catalog().table(table);
    return current.isEmpty() || !changes.isNews()
        ? List.of()
        : alterations(current.get(), changes).cleared();
  }

  /** Statement that sets columns, at least one, to NULL in all rows. */
  public static String clearSql(PgTable table, List<String> columns) {
    String assigned =
        columns.stream()
            .map(name -> Identifiers.quote(name) + " = NULL")
            .collect(Collectors.joining(", "));
    String present =
        columns.stream()
            .map(name -> "t." + Identifiers.quote(name) + " IS NOT NULL")
            .collect(Collectors.joining(" OR "));
    return "UPDATE " + table.sql() + " AS t SET " + assigned + " WHERE (" + present + ")";
  }

  /** Whether the table has the column, as one of its own and outside of any key. */
  private static boolean mayChange(PgTable table, String name) {
    boolean isKey =
        table.uniqueIndexes().stream().anyMatch(index -> index.columns().contains(name));
    return !isKey && table.column(name).filter(column -> !column.generated()).isPresent();
  }
}
