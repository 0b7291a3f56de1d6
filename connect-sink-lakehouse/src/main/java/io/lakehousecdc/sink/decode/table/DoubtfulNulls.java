// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.type.SourceTypes;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Schema;

/**
 * The columns in which Debezium may send NULL in place of a value that it has lost, as far as the
 * schema shows. Immutable.
 */
final class DoubtfulNulls {
  private final int[] withoutPlaceholder;
  private final int[] names;

  private DoubtfulNulls(int[] withoutPlaceholder, int[] names) {
    this.withoutPlaceholder = withoutPlaceholder;
    this.names = names;
  }

  /**
   * Those of rows of one layout.
   *
   * @param row layout of rows; null if only the key is known
   * @param schema the rows' columns, named as in the layout
   */
  static DoubtfulNulls of(Layout row, RowSchema schema) {
    return new DoubtfulNulls(
        indexes(row, schema, Placeholders::areMissingFor),
        indexes(row, schema, type -> SourceTypes.isOneOf(type, "name")));
  }

  private static int[] indexes(Layout row, RowSchema schema, Predicate<Schema> condition) {
    if (!(row instanceof Layout.OfStruct struct)) {
      return new int[0];
    }
    return struct.schema().fields().stream()
        .filter(field -> condition.test(field.schema()))
        .mapToInt(field -> schema.indexOf(field.name()))
        .filter(index -> index >= 0)
        .toArray();
  }

  /** Warns about nulls of an update without the old row that may be untouched TOAST values. */
  void warnOfUntouched(TableId table, RowSchema schema, Object[] cells, Warnings warnings) {
    for (int index : withoutPlaceholder) {
      if (cells[index] == null) {
        warnings.unknownNull(table, schema.column(index).name());
      }
    }
  }

  /** Warns about nulls of a streamed row in columns of type {@code name}. */
  void warnOfNames(TableId table, RowSchema schema, Object[] cells, Warnings warnings) {
    for (int index : names) {
      if (cells[index] == null) {
        warnings.lostName(table, schema.column(index).name());
      }
    }
  }
}
