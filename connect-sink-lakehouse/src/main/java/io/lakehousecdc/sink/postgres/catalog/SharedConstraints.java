// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.change.TableId;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Warnings, one of a kind for each table, of constraints that the sink cannot always live with.
 * Changes that only the whole of a unique or foreign key satisfies have to be written in one
 * transaction, and tasks have none in common: each would wait for the other until both fail. A
 * foreign key that cascades removes rows that the source may still have. Not thread-safe.
 */
public final class SharedConstraints {
  private final int tasks;
  private final Consumer<String> warnings;
  private final Set<TableId> looked = new HashSet<>();

  /**
   * @param tasks how many tasks the connector may have
   */
  public SharedConstraints(int tasks, Consumer<String> warnings) {
    this.tasks = tasks;
    this.warnings = warnings;
  }

  /** Looks at a table that rows are to be written to by this key. */
  public void look(PgTable table, Set<String> key, Catalog catalog) throws SQLException {
    if (!looked.add(table.id())) {
      return;
    }
    if (table.cascaded()) {
      warnings.accept(
          ("Table %s has a foreign key ON DELETE CASCADE. The server removes rows by it before their"
                  + " own changes have come, if these are in another commit, and with them what the"
                  + " source does not send again: your own columns, and values that an update leaves"
                  + " untouched (TOAST), for which it is then rejected. Declare the foreign key"
                  + " without ON DELETE CASCADE, or drop it: the source's deletes come by"
                  + " themselves.")
              .formatted(table.id()));
    }
    if (tasks > 1) {
      lookAtSharing(table, key, catalog);
    }
  }

  private void lookAtSharing(PgTable table, Set<String> key, Catalog catalog) throws SQLException {
    lookAtUniqueValues(table, key, catalog);
    if (!table.parents().isEmpty()) {
      warnings.accept(
          ("Table %s has a foreign key, and %d tasks may write to it and to the table that it refers"
                  + " to. Where one task has to wait for the other's rows and the other for its"
                  + " deletes, both fail. Set tasks.max=1, or drop the foreign key in the target:"
                  + " the source enforces it already.")
              .formatted(table.id(), tasks));
    }
  }

  private void lookAtUniqueValues(PgTable table, Set<String> key, Catalog catalog)
      throws SQLException {
    List<String> beyondKey = catalog.uniqueIndexNames(table);
    table.uniqueIndexes().stream()
        .filter(index -> index.columns().containsAll(key))
        .forEach(index -> beyondKey.remove(index.name()));
    if (!beyondKey.isEmpty()) {
      warnings.accept(
          ("Table %s keeps values unique beyond its key, by %s, and %d tasks may write to it. Rows"
                  + " that swap such a value have to come in one task, or both tasks wait for each"
                  + " other and fail. Give the table's topic one partition, set tasks.max=1, or drop"
                  + " the index in the target.")
              .formatted(table.id(), beyondKey, tasks));
    }
  }
}
