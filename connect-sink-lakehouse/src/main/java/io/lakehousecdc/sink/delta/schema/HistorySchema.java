// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The columns that a table has because its rows are versions. Stateless. */
final class HistorySchema {
  /** The table property that says that rows of the table are versions: {@code true}. */
  static final String PROPERTY = "lakehousecdc.versions";

  private HistorySchema() {}

  /** Types of the columns by name, in order. */
  static Map<String, DataType> columns(HistoryColumns names) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    columns.put(names.validFrom(), TimestampType.TIMESTAMP);
    columns.put(names.validTo(), TimestampType.TIMESTAMP);
    columns.put(names.current(), BooleanType.BOOLEAN);
    columns.put(names.epoch(), IntegerType.INTEGER);
    columns.put(names.commitLsn(), LongType.LONG);
    columns.put(names.lsn(), LongType.LONG);
    return columns;
  }

  /**
   * Refuses a table whose rows are no versions, or whose columns cannot tell them.
   *
   * @param properties gets what the table's properties lack
   * @throws FatalException it is refused; says what to do
   */
  static void requireFit(
      TableId table,
      TableVersion version,
      Map<String, DataType> columns,
      Map<String, String> properties) {
    Map<String, DataType> stored = new HashMap<>();
    version
        .schema()
        .fields()
        .forEach(field -> stored.put(ColumnNames.key(field.getName()), field.getDataType()));
    List<String> missing =
        columns.keySet().stream()
            .filter(name -> !stored.containsKey(ColumnNames.key(name)))
            .toList();
    columns.forEach(
        (name, type) -> {
          DataType found = stored.getOrDefault(ColumnNames.key(name), type);
          if (!found.equals(type)) {
            throw new FatalException(
                "Table "
                    + table
                    + ": column "
                    + name
                    + " has the type "
                    + found
                    + ", and should have "
                    + type
                    + " for write.mode=history. Set history.column.* to another name.");
          }
        });
    if (!missing.isEmpty()) {
      requireNoRows(table, version, missing);
      properties.put(PROPERTY, "true");
    }
  }

  private static void requireNoRows(TableId table, TableVersion version, List<String> missing) {
    AtomicLong files = new AtomicLong();
    version.files(file -> files.incrementAndGet());
    if (files.get() > 0) {
      throw new FatalException(
          "Table "
              + table
              + " has rows that are no versions (write.mode=history): it has no columns "
              + missing
              + ". Write versions to a table of another name (table.name.map) and snapshot the"
              + " source, or empty this one, DELETE FROM "
              + table
              + ", or add the columns and fill them.");
    }
  }

  /** Whether a table has been made for versions. */
  static boolean isOfVersions(TableVersion version) {
    return version.property(PROPERTY).map(Boolean::parseBoolean).orElse(false);
  }
}
