// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.List;
import java.util.Map;

/** The requirements that a table has to meet, so that this sink can keep it. */
public final class TableRequirements {
  private final WriteMode writeMode;
  private final PartitionBy partitionBy;

  /**
   * @param partitionBy what {@code delta.partition.by} says
   */
  public TableRequirements(WriteMode writeMode, PartitionBy partitionBy) {
    this.writeMode = writeMode;
    this.partitionBy = partitionBy;
  }

  /**
   * Refuses a table that this sink cannot keep.
   *
   * @throws FatalException it cannot; says why
   */
  public void requireUsable(TableId table, TableVersion version) {
    Map<String, String> properties = version.properties();
    FeatureRequirements.refusal(version)
        .ifPresent(
            refusal -> {
              throw refused(
                  table,
                  "it uses the table feature "
                      + refusal.name()
                      + ", which this sink cannot write ("
                      + refusal.reason()
                      + ")",
                  refusal.remedy());
            });
    if (writeMode != WriteMode.APPEND && Boolean.parseBoolean(properties.get("delta.appendOnly"))) {
      throw refused(table, "it is append-only (delta.appendOnly)", "Set write.mode to append");
    }
    if (writeMode != WriteMode.HISTORY && HistorySchema.isOfVersions(version)) {
      throw refused(
          table,
          "its rows are versions ("
              + HistorySchema.PROPERTY
              + "), which other rows must not be mixed with",
          "Set write.mode to history");
    }
    if (version.feedsChanges()) {
      ChangeColumns.require(table, version.schema().fieldNames());
    }
    List<String> wanted = partitionBy.of(table);
    if (!wanted.isEmpty() && !wanted.equals(version.partitionColumns())) {
      throw refused(
          table,
          "it is partitioned by "
              + version.partitionColumns()
              + ", while delta.partition.by says "
              + wanted,
          "Let delta.partition.by say the same, or nothing of the table");
    }
    for (String name : version.partitionColumns()) {
      DataType type = version.schema().get(name).getDataType();
      if (!PartitionValues.supports(type)) {
        throw refused(
            table,
            "it is partitioned by " + name + " of type " + type + ", whose text is ambiguous",
            "Partition it by columns of other types");
      }
    }
  }

  /**
   * Refuses to make tables that it could not keep.
   *
   * @throws FatalException it could not; says why
   */
  static void requireKeepable(TableId table, Map<String, String> properties) {
    FeatureRequirements.switchedOn(properties)
        .ifPresent(
            refusal -> {
              throw new FatalException(
                  "Table "
                      + table
                      + " cannot be created with the table feature "
                      + refusal.name()
                      + ", which this sink cannot write: "
                      + refusal.reason()
                      + ". Remove it from delta.table.properties.*.");
            });
  }

  /**
   * Refuses to partition a new table by columns that cannot.
   *
   * @throws FatalException one of them cannot; says why
   */
  static void requirePartitionColumns(TableId table, List<String> names, StructType columns) {
    names.forEach(name -> requirePartitionColumn(table, name, columns));
  }

  private static void requirePartitionColumn(TableId table, String name, StructType columns) {
    int place = columns.indexOf(name);
    if (place < 0 || !PartitionValues.supports(columns.at(place).getDataType())) {
      throw new FatalException(
          "Table "
              + table
              + " cannot be partitioned by "
              + name
              + ", as delta.partition.by says: "
              + (place < 0
                  ? "there is no such column among " + columns.fieldNames()
                  : "a column of type " + columns.at(place).getDataType() + " does not partition")
              + ". Name columns of type boolean, integer, decimal, date or text.");
    }
  }

  private static FatalException refused(TableId table, String reason, String remedy) {
    return new FatalException(
        "Table "
            + table
            + " exists and cannot be used: "
            + reason
            + ". "
            + remedy
            + ", or map the source table to another name with table.name.map.");
  }
}
