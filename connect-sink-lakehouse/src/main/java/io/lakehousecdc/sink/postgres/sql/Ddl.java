// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTypes;
import io.lakehousecdc.sink.schema.SchemaChange;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/** Text of the statements that create and change tables. */
public final class Ddl {
  private Ddl() {}

  public static String createSchema(String schema) {
    return "CREATE SCHEMA IF NOT EXISTS " + Identifiers.quote(schema);
  }

  /**
   * Creates a table.
   *
   * @param columns all its columns; the key of this schema becomes the primary key
   * @param nullable names of further columns that have to take NULL
   */
  public static String createTable(
      TableId table, RowSchema columns, Set<String> nullable, int fillfactor, Catalog catalog)
      throws SQLException {
    StringJoiner parts = new StringJoiner(", ", " (", ")");
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.column(i);
      boolean required =
          columns.keyColumns().contains(i)
              || !column.optional() && !nullable.contains(column.name());
      parts.add(definition(column, catalog) + (required ? " NOT NULL" : ""));
    }
    if (columns.hasKey()) {
      StringJoiner key = new StringJoiner(", ", "PRIMARY KEY (", ")");
      columns.keyColumns().forEach(i -> key.add(Identifiers.quote(columns.column(i).name())));
      parts.add(key.toString());
    }
    return "CREATE TABLE "
        + Identifiers.qualified(table)
        + parts
        + " WITH (fillfactor = "
        + fillfactor
        + ")";
  }

  /** Carries out what the schema planner found, in one statement. */
  public static String alterTable(TableId table, List<SchemaChange> changes, Catalog catalog)
      throws SQLException {
    StringJoiner steps = new StringJoiner(", ");
    for (SchemaChange change : changes) {
      if (change instanceof SchemaChange.AddColumn added) {
        steps.add("ADD COLUMN " + definition(added.column(), catalog));
      } else if (change instanceof SchemaChange.WidenColumn widened) {
        steps.add(
            "ALTER COLUMN "
                + Identifiers.quote(widened.name())
                + " TYPE "
                + PgTypes.ddl(widened.to(), catalog));
      } else if (change instanceof SchemaChange.RelaxNotNull relaxed) {
        steps.add("ALTER COLUMN " + Identifiers.quote(relaxed.name()) + " DROP NOT NULL");
      } else if (change instanceof SchemaChange.DropColumn dropped) {
        steps.add("DROP COLUMN " + Identifiers.quote(dropped.name()));
      }
    }
    return "ALTER TABLE " + Identifiers.qualified(table) + " " + steps;
  }

  private static String definition(Column column, Catalog catalog) throws SQLException {
    return Identifiers.quote(column.name()) + " " + PgTypes.ddl(column.type(), catalog);
  }
}
