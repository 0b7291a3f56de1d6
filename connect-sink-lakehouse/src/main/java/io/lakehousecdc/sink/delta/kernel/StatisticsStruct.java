// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.defaults.internal.data.vector.DefaultGenericVector;
import io.delta.kernel.defaults.internal.data.vector.DefaultStructVector;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.skipping.StatsSchemaHelper;
import io.delta.kernel.statistics.DataFileStatistics;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The statistics of files in their original types, as checkpoints hold them in {@code stats_parsed}
 * where {@code delta.checkpoint.writeStatsAsStruct} is true. Immutable.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol:
 *     Checkpoints</a>
 */
final class StatisticsStruct {
  static final String FIELD = "stats_parsed";

  private final StructType columns;
  private final StructType schema;

  /**
   * @param columns columns of the table under their physical names
   */
  StatisticsStruct(StructType columns) {
    this.columns = columns;
    this.schema = StatsSchemaHelper.getStatsSchema(columns, Set.of());
  }

  /** Schema of the field. */
  StructType schema() {
    return schema;
  }

  /**
   * The field made of texts. What a column cannot hold, such as a bound that was written before the
   * column got another type, is left out: bounds that are missing mislead nobody.
   *
   * @param statistics null where a file has none
   */
  ColumnVector parsed(AddStatistics[] statistics) {
    JsonNode[] trees = new JsonNode[statistics.length];
    for (int i = 0; i < trees.length; i++) {
      trees[i] = statistics[i] == null ? null : statistics[i].tree();
    }
    return struct(trees, schema);
  }

  private static ColumnVector struct(JsonNode[] trees, StructType type) {
    boolean[] nulls = new boolean[trees.length];
    for (int i = 0; i < trees.length; i++) {
      nulls[i] = trees[i] == null || !trees[i].isObject();
    }
    ColumnVector[] members = new ColumnVector[type.length()];
    for (int member = 0; member < members.length; member++) {
      String name = type.at(member).getName();
      JsonNode[] children = new JsonNode[trees.length];
      for (int i = 0; i < trees.length; i++) {
        children[i] = nulls[i] ? null : trees[i].get(name);
      }
      members[member] = member(children, type.at(member).getDataType());
    }
    return new DefaultStructVector(trees.length, type, Optional.of(nulls), members);
  }

  private static ColumnVector member(JsonNode[] trees, DataType type) {
    if (type instanceof StructType struct) {
      return struct(trees, struct);
    }
    Object[] values = new Object[trees.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = trees[i] == null ? null : StatisticValues.parsed(trees[i], type);
    }
    return DefaultGenericVector.fromArray(type, values);
  }

  /** The statistics that a row of the field tells; null where there are none. */
  AddStatistics text(ColumnVector parsed, int row) {
    if (parsed.isNullAt(row)) {
      return null;
    }
    ColumnVector records = parsed.getChild(schema.indexOf(StatsSchemaHelper.NUM_RECORDS));
    if (records.isNullAt(row)) {
      return null;
    }
    Map<Column, Literal> least = new HashMap<>();
    Map<Column, Literal> greatest = new HashMap<>();
    Map<Column, Literal> nulls = new HashMap<>();
    collect(parsed, StatsSchemaHelper.MIN, row, least);
    collect(parsed, StatsSchemaHelper.MAX, row, greatest);
    collect(parsed, StatsSchemaHelper.NULL_COUNT, row, nulls);
    Map<Column, Long> counts = new HashMap<>();
    nulls.forEach((column, count) -> counts.put(column, (Long) count.getValue()));
    ColumnVector tight = parsed.getChild(schema.indexOf(StatsSchemaHelper.TIGHT_BOUNDS));
    Optional<Boolean> tightBounds =
        tight.isNullAt(row) ? Optional.empty() : Optional.of(tight.getBoolean(row));
    return AddStatistics.of(
        new DataFileStatistics(records.getLong(row), least, greatest, counts, tightBounds)
            .serializeAsJson(columns));
  }

  private void collect(ColumnVector parsed, String kind, int row, Map<Column, Literal> values) {
    int place = schema.indexOf(kind);
    if (place >= 0) {
      collect(parsed.getChild(place), new Column(new String[0]), row, values);
    }
  }

  private static void collect(
      ColumnVector vector, Column path, int row, Map<Column, Literal> values) {
    if (vector.isNullAt(row)) {
      return;
    }
    if (vector.getDataType() instanceof StructType struct) {
      for (int i = 0; i < struct.length(); i++) {
        collect(vector.getChild(i), path.appendNestedField(struct.at(i).getName()), row, values);
      }
    } else {
      StatisticValues.literal(vector, row).ifPresent(value -> values.put(path, value));
    }
  }
}
