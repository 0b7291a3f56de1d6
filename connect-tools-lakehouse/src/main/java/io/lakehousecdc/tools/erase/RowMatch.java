// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.tools.removal.DeltaKeys;
import io.lakehousecdc.tools.removal.KeyText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Tells which rows of a Delta table are to go.
 *
 * @param columns columns that it looks at
 * @param test whether a row is one, by the values of these columns
 * @param key values of the columns that each of these rows has, by physical name, in the form that
 *     compares; none where they are not known
 */
record RowMatch(List<DeltaColumn> columns, Predicate<Object[]> test, Map<String, Object> key) {

  /** Makes it for the columns of a version. */
  @FunctionalInterface
  interface Of {

    /**
     * @param stored the columns that files hold: all but those of partitions, or all
     */
    RowMatch of(TableShape shape, List<DeltaColumn> stored);
  }

  /** Rows of a key. Of its columns, those that a file does not hold are not compared. */
  static Of key(KeyText text) {
    return (shape, stored) -> {
      DeltaKeys all = DeltaKeys.of(shape, text.names());
      List<Object> values = all.of(text);
      List<DeltaColumn> columns = new ArrayList<>();
      List<Object> wanted = new ArrayList<>();
      Map<String, Object> key = new TreeMap<>();
      for (int i = 0; i < values.size(); i++) {
        DeltaColumn column = all.columns().get(i);
        if (stored.contains(column)) {
          columns.add(column);
          wanted.add(values.get(i));
          if (values.get(i) != null) {
            key.put(column.physicalName(), values.get(i));
          }
        }
      }
      DeltaKeys compared = new DeltaKeys(columns);
      return new RowMatch(
          columns, cells -> !wanted.isEmpty() && compared.of(cells).equals(wanted), key);
    };
  }

  /** Dead letters of the topics that feed the table, about the key. */
  static Of letters(Subject subject) {
    RecordText records = subject.records();
    return (shape, stored) ->
        new RowMatch(
            shape.columns(List.of("topic", "key", "value")),
            cells ->
                subject.isFedBy((String) cells[0])
                    && records.of((String) cells[1], (String) cells[2]) == RecordText.About.KEY,
            Map.of());
  }
}
