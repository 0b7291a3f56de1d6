// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableConfig;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.util.ColumnMapping;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The columns of which a table wants statistics: those that {@code delta.dataSkippingStatsColumns}
 * names or else, of those that do not partition it, as many as {@code
 * delta.dataSkippingNumIndexedCols} says, 32 by default; and, as the protocol demands, those that
 * cluster it. Columns are taken as a whole: of a struct of which one field is wanted, all are.
 *
 * @see <a href="https://docs.delta.io/latest/optimizations-oss.html#data-skipping">Delta: Data
 *     skipping</a>
 */
final class IndexedColumns {
  private static final char QUOTE = '`';

  private IndexedColumns() {}

  /** Display names of the columns. */
  static Set<String> of(SnapshotImpl snapshot) {
    Metadata metadata = snapshot.getMetadata();
    StructType schema = metadata.getSchema();
    Set<String> indexed = new HashSet<>();
    Optional<String> named = TableConfig.DATA_SKIPPING_STATS_COLUMNS.fromMetadata(metadata);
    if (named.isPresent()) {
      Set<String> wanted = new HashSet<>();
      names(named.get()).forEach(name -> wanted.add(column(name)));
      add(schema, field -> wanted.contains(key(field.getName())), indexed);
    } else {
      addFirst(
          TableConfig.DATA_SKIPPING_NUM_INDEXED_COLS.fromMetadata(metadata),
          schema,
          Set.copyOf(snapshot.getPartitionColumnNames()),
          indexed);
    }
    Set<String> clustering = new HashSet<>();
    for (Column column : snapshot.getPhysicalClusteringColumns().orElse(List.of())) {
      clustering.add(column.getNames()[0]);
    }
    add(schema, field -> clustering.contains(ColumnMapping.getPhysicalName(field)), indexed);
    return indexed;
  }

  /**
   * What the property that names columns has to be where the table gets another schema: Delta Spark
   * refuses to change a table of which it names a column that is no longer there.
   *
   * @param before text of the property
   * @return empty where it can stay as it is
   */
  static Optional<String> remaining(String before, StructType schema) {
    Set<String> there = new HashSet<>();
    schema.fieldNames().forEach(name -> there.add(key(name)));
    List<String> names = names(before);
    List<String> kept = names.stream().filter(name -> there.contains(column(name))).toList();
    return kept.size() == names.size() ? Optional.empty() : Optional.of(String.join(",", kept));
  }

  private static void add(StructType schema, Predicate<StructField> wanted, Set<String> names) {
    schema.fields().stream().filter(wanted).map(StructField::getName).forEach(names::add);
  }

  private static void addFirst(
      int count, StructType schema, Set<String> partitionColumns, Set<String> names) {
    int leaves = 0;
    for (StructField field : schema.fields()) {
      if (!partitionColumns.contains(field.getName())) {
        if (count >= 0 && leaves >= count) {
          return;
        }
        names.add(field.getName());
        leaves += leaves(field.getDataType());
      }
    }
  }

  private static int leaves(DataType type) {
    return type instanceof StructType struct
        ? struct.fields().stream().mapToInt(field -> leaves(field.getDataType())).sum()
        : 1;
  }

  /** The names in a list, as they are written. */
  private static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    for (String name : split(list, ',')) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  /** The column in which a name lies, without quotes, in a form in which case does not count. */
  private static String column(String name) {
    String first = split(name, '.').get(0).strip();
    boolean quoted = first.length() > 1 && first.charAt(0) == QUOTE && first.endsWith("`");
    return key(quoted ? first.substring(1, first.length() - 1).replace("``", "`") : first);
  }

  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      quoted ^= text.charAt(i) == QUOTE;
      if (text.charAt(i) == separator && !quoted) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
