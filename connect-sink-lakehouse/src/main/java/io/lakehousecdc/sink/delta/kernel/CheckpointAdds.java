// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.defaults.internal.data.vector.DefaultGenericVector;
import io.delta.kernel.defaults.internal.data.vector.DefaultStructVector;
import io.delta.kernel.internal.TableConfig;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.util.PartitionUtils;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The form of {@code add} actions in the checkpoints of one table: {@code
 * delta.checkpoint.writeStatsAsJson} and {@code delta.checkpoint.writeStatsAsStruct} decide in
 * which forms they hold statistics, and with the second whether they hold typed partition values.
 * Either may have been set differently when the last checkpoint was written. Immutable.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol:
 *     Checkpoints</a>
 */
final class CheckpointAdds {
  private static final String STATS = "stats";
  private static final String PARTITION_VALUES = "partitionValues";
  private static final String PARTITION_FIELD = "partitionValues_parsed";

  private final StatisticsStruct struct;
  private final StructType partition;
  private final StructType read;
  private final StructType written;

  private CheckpointAdds(
      StatisticsStruct struct, StructType partition, StructType read, StructType written) {
    this.struct = struct;
    this.partition = partition;
    this.read = read;
    this.written = written;
  }

  /** Of checkpoints that hold statistics as JSON, and of which none held them otherwise. */
  static CheckpointAdds plain() {
    return new CheckpointAdds(null, new StructType(), LogSchemas.ADD, LogSchemas.ADD);
  }

  static CheckpointAdds of(TableVersion version) {
    Metadata metadata = version.snapshot().getMetadata();
    boolean isTold =
        Stream.of(
                TableConfig.CHECKPOINT_WRITE_STATS_AS_JSON,
                TableConfig.CHECKPOINT_WRITE_STATS_AS_STRUCT)
            .anyMatch(key -> metadata.getConfiguration().containsKey(key.getKey()));
    if (!isTold) {
      return plain();
    }
    StructType stored = new StructType();
    StructType partition = new StructType();
    for (DeltaColumn column : version.columns()) {
      StructField field = new StructField(column.physicalName(), column.type(), true);
      if (version.partitionColumns().contains(column.name())) {
        partition = partition.add(field);
      } else {
        stored = stored.add(field);
      }
    }
    StatisticsStruct struct = new StatisticsStruct(stored);
    List<StructField> written = new ArrayList<>(LogSchemas.ADD.fields());
    if (!TableConfig.CHECKPOINT_WRITE_STATS_AS_JSON.fromMetadata(metadata)) {
      written.removeIf(field -> field.getName().equals(STATS));
    }
    if (TableConfig.CHECKPOINT_WRITE_STATS_AS_STRUCT.fromMetadata(metadata)) {
      written.add(new StructField(StatisticsStruct.FIELD, struct.schema(), true));
      if (partition.length() > 0) {
        written.add(new StructField(PARTITION_FIELD, partition, true));
      }
    }
    return new CheckpointAdds(
        struct,
        partition,
        LogSchemas.ADD.add(StatisticsStruct.FIELD, struct.schema(), true),
        new StructType(written));
  }

  /** Whether checkpoints are what {@link #plain} says. */
  boolean isPlain() {
    return struct == null;
  }

  /** What has to be read of an action. */
  StructType readSchema() {
    return read;
  }

  /** What is written of it. */
  StructType schema() {
    return written;
  }

  /** The statistics of a file that was read by {@link #readSchema}; null where there are none. */
  AddStatistics statistics(ColumnVector adds, int row) {
    ColumnVector texts = adds.getChild(read.indexOf(STATS));
    if (!texts.isNullAt(row)) {
      return AddStatistics.of(texts.getString(row));
    }
    return isPlain() ? null : struct.text(adds.getChild(read.indexOf(StatisticsStruct.FIELD)), row);
  }

  /** The actions as they are written. */
  ColumnVector written(ColumnVector adds) {
    if (isPlain()) {
      return adds;
    }
    int size = adds.getSize();
    boolean[] nulls = new boolean[size];
    AddStatistics[] statistics = new AddStatistics[size];
    for (int row = 0; row < size; row++) {
      nulls[row] = adds.isNullAt(row);
      statistics[row] = nulls[row] ? null : statistics(adds, row);
    }
    ColumnVector[] members = new ColumnVector[written.length()];
    for (int i = 0; i < members.length; i++) {
      members[i] =
          switch (written.at(i).getName()) {
            case STATS -> texts(statistics);
            case StatisticsStruct.FIELD -> struct.parsed(statistics);
            case PARTITION_FIELD -> partitions(adds, nulls);
            default -> adds.getChild(read.indexOf(written.at(i).getName()));
          };
    }
    return new DefaultStructVector(size, written, Optional.of(nulls), members);
  }

  private static ColumnVector texts(AddStatistics[] statistics) {
    Object[] texts = new Object[statistics.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = statistics[i] == null ? null : statistics[i].json();
    }
    return DefaultGenericVector.fromArray(StringType.STRING, texts);
  }

  private ColumnVector partitions(ColumnVector adds, boolean[] nulls) {
    ColumnVector maps = adds.getChild(read.indexOf(PARTITION_VALUES));
    List<Map<String, String>> partitions = new ArrayList<>();
    for (int row = 0; row < nulls.length; row++) {
      partitions.add(
          nulls[row] ? new HashMap<>() : VectorUtils.<String, String>toJavaMap(maps.getMap(row)));
    }
    ColumnVector[] members = new ColumnVector[partition.length()];
    for (int i = 0; i < members.length; i++) {
      StructField column = partition.at(i);
      members[i] =
          DefaultGenericVector.fromArray(
              column.getDataType(),
              partitions.stream()
                  .map(values -> value(column.getDataType(), values.get(column.getName())))
                  .toArray());
    }
    return new DefaultStructVector(nulls.length, partition, Optional.of(nulls), members);
  }

  /** The text stays beside it: a reader that misses the value finds it there. */
  private static Object value(DataType type, String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      Object value = PartitionUtils.literalForPartitionValue(type, text).getValue();
      return type instanceof DecimalType decimal
          ? ((BigDecimal) value).setScale(decimal.getScale())
          : value;
    } catch (RuntimeException unreadable) {
      return null;
    }
  }
}
