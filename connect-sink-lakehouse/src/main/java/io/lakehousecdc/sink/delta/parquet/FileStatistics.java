// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.statistics.DataFileStatistics;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/**
 * Delta statistics of a file, from the footer that was just written: number of records, and by
 * physical name of each indexed leaf outside arrays and maps the number of NULLs, the least and the
 * greatest value ({@link StatisticBounds} says of which types).
 *
 * @see <a
 *     href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics">Delta
 *     protocol: Per-file Statistics</a>
 */
final class FileStatistics {
  private final StructType schema;
  private final Map<List<String>, DataType> leaves = new HashMap<>();

  FileStatistics(List<DeltaColumn> columns) {
    List<StructField> fields = new ArrayList<>();
    for (DeltaColumn column : columns) {
      if (column.indexed()) {
        fields.add(new StructField(column.physicalName(), column.type(), column.nullable()));
        addLeaves(List.of(column.physicalName()), column.type());
      }
    }
    this.schema = new StructType(fields);
  }

  private void addLeaves(List<String> path, DataType type) {
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        List<String> longer = new ArrayList<>(path);
        longer.add(field.getName());
        addLeaves(longer, field.getDataType());
      }
    } else {
      leaves.put(path, type);
    }
  }

  String json(ParquetMetadata footer) {
    long rows = 0;
    Map<List<String>, Optional<Statistics<?>>> merged = new HashMap<>();
    Set<List<String>> unbounded = new HashSet<>();
    for (BlockMetaData block : footer.getBlocks()) {
      rows += block.getRowCount();
      for (ColumnChunkMetaData chunk : block.getColumns()) {
        List<String> path = List.of(chunk.getPath().toArray());
        if (leaves.containsKey(path)) {
          merged.merge(path, usable(chunk.getStatistics()), FileStatistics::merge);
          if (lacksBounds(chunk)) {
            unbounded.add(path);
          }
        }
      }
    }
    Map<Column, Literal> least = new HashMap<>();
    Map<Column, Literal> greatest = new HashMap<>();
    Map<Column, Long> nulls = new HashMap<>();
    merged.forEach(
        (path, statistics) ->
            statistics.ifPresent(
                known -> {
                  Column column = new Column(path.toArray(String[]::new));
                  StatisticBounds bounds =
                      unbounded.contains(path)
                          ? StatisticBounds.NONE
                          : StatisticBounds.of(leaves.get(path), known);
                  nulls.put(column, known.getNumNulls());
                  bounds.least().ifPresent(value -> least.put(column, value));
                  bounds.greatest().ifPresent(value -> greatest.put(column, value));
                }));
    return new DataFileStatistics(rows, least, greatest, nulls, Optional.empty())
        .serializeAsJson(schema);
  }

  private static Optional<Statistics<?>> usable(Statistics<?> statistics) {
    return statistics != null && statistics.isNumNullsSet()
        ? Optional.of(statistics.copy())
        : Optional.empty();
  }

  /**
   * Whether the values of a row group may be anything. Of one that was read from a file, the
   * statistics of a column with a NaN tell no bounds, as if it had NULLs only.
   */
  private static boolean lacksBounds(ColumnChunkMetaData chunk) {
    Statistics<?> statistics = chunk.getStatistics();
    return statistics != null
        && !statistics.hasNonNullValue()
        && chunk.getValueCount() > statistics.getNumNulls();
  }

  private static Optional<Statistics<?>> merge(
      Optional<Statistics<?>> a, Optional<Statistics<?>> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    a.get().mergeStatistics(b.get());
    return a;
  }
}
