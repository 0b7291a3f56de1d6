// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.PgTypes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The explanation of why a table cannot be written by the key that records have, and what to do:
 * statements that PostgreSQL accepts for the table as it is, or settings. For one use.
 */
final class KeyMismatch {
  private final PgTable table;
  private final RowSchema schema;
  private final Catalog catalog;
  private final List<String> key = new ArrayList<>();

  KeyMismatch(PgTable table, RowSchema schema, Catalog catalog) {
    this.table = table;
    this.schema = schema;
    this.catalog = catalog;
    schema.keyColumns().forEach(index -> key.add(schema.column(index).name()));
  }

  /** What is wrong and what to do, in sentences. */
  String message() throws SQLException {
    List<String> unique = catalog.uniqueDefinitions(table);
    return "Table "
        + table.id()
        + " does not keep the key of its records ("
        + Identifiers.list(key)
        + ") unique. "
        + (unique.isEmpty()
            ? "It keeps nothing unique."
            : "It has " + String.join("; ", unique) + ".")
        + remedy();
  }

  private String remedy() throws SQLException {
    List<String> missing = key.stream().filter(name -> table.column(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      Optional<String> renaming = otherCase(missing);
      return renaming.isPresent() ? renaming.get() : withColumns(missing);
    }
    List<String> partitioned = catalog.partitionColumns(table);
    if (partitioned.contains("")) {
      return " It is partitioned by an expression, so that PostgreSQL keeps no key of it unique: write"
          + " the records to another table with table.name.map.";
    }
    if (!key.containsAll(partitioned)) {
      return withPartitionColumns(partitioned);
    }
    Optional<Catalog.Deferrable> deferrable = catalog.deferrable(table, Set.copyOf(key));
    if (deferrable.isPresent()) {
      return " It is kept unique at the end of a transaction only. Run: "
          + notDeferrable(deferrable.get());
    }
    boolean keyless = catalog.primaryKey(table).isEmpty();
    return otherKey() + " Run: " + (keyless ? addPrimaryKey() : createIndex(key));
  }

  /** The key's columns are there, but for their case. */
  private Optional<String> otherCase(List<String> missing) {
    List<String> renamings = new ArrayList<>();
    boolean lower = true;
    for (String name : missing) {
      Optional<String> stored =
          table.columns().stream()
              .map(PgColumn::name)
              .filter(each -> each.equalsIgnoreCase(name))
              .findFirst();
      if (stored.isEmpty()) {
        return Optional.empty();
      }
      lower &= stored.get().equals(name.toLowerCase(Locale.ROOT));
      renamings.add(
          "ALTER TABLE "
              + table.sql()
              + " RENAME COLUMN "
              + Identifiers.quote(stored.get())
              + " TO "
              + Identifiers.quote(name));
    }
    String setting = lower ? " Set column.name.case=lower, or rename." : " Rename the columns.";
    return Optional.of(
        " The names differ in their case only."
            + setting
            + " Run: "
            + String.join("; ", renamings));
  }

  private String withColumns(List<String> missing) throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String name : missing) {
      Column column = schema.column(schema.indexOf(name));
      statements.add(
          "ALTER TABLE "
              + table.sql()
              + " ADD COLUMN "
              + Identifiers.quote(name)
              + " "
              + PgTypes.ddl(column.type(), catalog));
    }
    statements.add(createIndex(key));
    return " The table lacks "
        + Identifiers.list(missing)
        + "."
        + otherKey()
        + " Or add what is missing, and fill it for the rows that are there, or they come once more."
        + " Run: "
        + String.join("; ", statements);
  }

  /** PostgreSQL keeps nothing unique over partitions without the columns that tell them apart. */
  private String withPartitionColumns(List<String> partitioned) {
    Set<String> whole = new LinkedHashSet<>(key);
    whole.addAll(partitioned);
    String problem =
        " It is partitioned by "
            + Identifiers.list(partitioned)
            + ", which has to be part of every unique key.";
    if (!whole.stream().allMatch(name -> schema.indexOf(name) >= 0)) {
      return problem
          + " The records lack such a column: write them to another table with table.name.map.";
    }
    return problem
        + " Set "
        + setting(whole)
        + " and REPLICA IDENTITY FULL on the source table, so that deletes tell these columns."
        + (table.isUniqueOn(whole) ? "" : " Run: " + createIndex(whole));
  }

  /** A key of the table that the records have, too. */
  private String otherKey() {
    return table.uniqueIndexes().stream()
        .map(PgTable.UniqueIndex::columns)
        .filter(columns -> columns.stream().allMatch(name -> schema.indexOf(name) >= 0))
        .findFirst()
        .map(
            columns ->
                " If the table's key tells the source's rows apart, too, set "
                    + setting(inOrder(columns))
                    + " and REPLICA IDENTITY FULL on the source table.")
        .orElse("");
  }

  private List<String> inOrder(Set<String> columns) {
    return schema.columns().stream().map(Column::name).filter(columns::contains).toList();
  }

  private String setting(Collection<String> columns) {
    return "key.columns=" + table.id() + ":" + String.join(",", columns);
  }

  private String addPrimaryKey() {
    return "ALTER TABLE " + table.sql() + " ADD PRIMARY KEY (" + Identifiers.list(key) + ")";
  }

  /** No foreign key can refer to a deferrable constraint, so that it can always be replaced. */
  private String notDeferrable(Catalog.Deferrable constraint) {
    String name = Identifiers.quote(constraint.name());
    return "ALTER TABLE "
        + table.sql()
        + " DROP CONSTRAINT "
        + name
        + ", ADD CONSTRAINT "
        + name
        + (constraint.primary() ? " PRIMARY KEY (" : " UNIQUE (")
        + Identifiers.list(key)
        + ")";
  }

  private String createIndex(Collection<String> columns) {
    return "CREATE UNIQUE INDEX ON " + table.sql() + " (" + Identifiers.list(columns) + ")";
  }
}
