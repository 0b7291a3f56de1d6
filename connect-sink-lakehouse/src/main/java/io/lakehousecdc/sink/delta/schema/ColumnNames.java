// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rules of column names in Delta: case does not tell columns apart, and without column mapping
 * they are names in Parquet files, which may not hold every character.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Column
 *     Mapping</a>
 */
public final class ColumnNames {
  private static final String NOT_IN_PARQUET = " ,;{}()\n\t=";

  private ColumnNames() {}

  /** The form in which names of one column are equal. */
  public static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * The columns of a schema under the names that the table has for them. Where the source renamed a
   * column within a batch, so that the schema has it twice, the later one is left.
   *
   * @param stored names of the table's columns
   */
  static RowSchema canonical(RowSchema schema, Collection<String> stored) {
    Map<String, String> names = new HashMap<>();
    stored.forEach(name -> names.put(key(name), name));
    Map<String, Column> columns = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < schema.size(); i++) {
      Column column = schema.column(i);
      String key = key(column.name());
      String name = names.getOrDefault(key, column.name());
      columns.put(key, new Column(name, column.type(), column.optional()));
      if (schema.keyColumns().contains(i) && !keys.contains(key)) {
        keys.add(key);
      }
    }
    List<String> places = List.copyOf(columns.keySet());
    return new RowSchema(
        List.copyOf(columns.values()), keys.stream().map(places::indexOf).toList());
  }

  /**
   * Refuses names that the table cannot have.
   *
   * @param own names of the columns that the sink fills
   * @param settings those that name them
   * @param mapped whether the table has column mapping
   * @throws FatalException there is one; says what to do
   */
  static void require(
      TableId table, RowSchema schema, Collection<String> own, String settings, boolean mapped) {
    List<String> reserved = own.stream().map(ColumnNames::key).toList();
    for (Column column : schema.columns()) {
      if (reserved.contains(key(column.name()))) {
        throw new FatalException(
            "Table "
                + table
                + ": the source has a column named "
                + column.name()
                + ", as has the sink (case does not count in Delta). Set "
                + settings
                + " to other names.");
      }
      if (!mapped && column.name().chars().anyMatch(c -> NOT_IN_PARQUET.indexOf(c) >= 0)) {
        throw new FatalException(
            "Table "
                + table
                + ": column '"
                + column.name()
                + "' has a character (one of space , ; { } ( ) = tab newline) that needs column"
                + " mapping, which the table does not have. Set its property"
                + " delta.columnMapping.mode to name (for new tables:"
                + " delta.table.properties.delta.columnMapping.mode), or rename or leave out the"
                + " column with the transform ReplaceField.");
      }
    }
  }
}
