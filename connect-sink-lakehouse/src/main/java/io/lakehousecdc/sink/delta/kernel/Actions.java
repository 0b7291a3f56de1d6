// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.data.GenericRow;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.types.StructType;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The conversions between Kernel's rows of log actions and this package's records. */
final class Actions {
  private Actions() {}

  /**
   * Reads an {@code add} action.
   *
   * @param row of a schema that begins with {@link LogSchemas#ADD}
   * @param stats null where there are none
   */
  static DataFile file(Row row, AddStatistics stats) {
    AddFile add = new AddFile(row);
    return new DataFile(
        add.getPath(),
        strings(add.getPartitionValues()),
        add.getSize(),
        add.getModificationTime(),
        stats,
        add.getTags().map(Actions::strings).orElse(Map.of()),
        add.getBaseRowId(),
        add.getDefaultRowCommitVersion(),
        add.getDeletionVector().map(Actions::vector),
        clusteringProvider(row));
  }

  static Row add(DataFile file, boolean dataChange) {
    Fields fields = new Fields(LogSchemas.ADD);
    describe(file, fields, dataChange);
    fields.put("modificationTime", file.modificationTime());
    fields.put("stats", file.stats() == null ? null : file.stats().json());
    fields.put(LogSchemas.CLUSTERING_PROVIDER, file.clusteringProvider().orElse(null));
    return SingleAction.createAddFileSingleAction(fields.row());
  }

  /** Leaves the statistics out: nobody asks a removed file for them, and they are most of a log. */
  static Row remove(DataFile file, long timestamp, boolean dataChange) {
    Fields fields = new Fields(RemoveFile.FULL_SCHEMA);
    describe(file, fields, dataChange);
    fields.put("deletionTimestamp", timestamp);
    fields.put("extendedFileMetadata", true);
    return SingleAction.createRemoveFileSingleAction(fields.row());
  }

  /** A file of the change data feed, which never changes what the table holds. */
  static Row change(ChangeFile file) {
    Fields fields = new Fields(LogSchemas.CHANGE);
    fields.put("path", file.path());
    fields.put("partitionValues", VectorUtils.stringStringMapValue(file.partitionValues()));
    fields.put("size", file.size());
    fields.put("dataChange", false);
    return new GenericRow(LogSchemas.ENTRY, Map.of(LogSchemas.ENTRY.indexOf("cdc"), fields.row()));
  }

  private static Optional<String> clusteringProvider(Row add) {
    int place = LogSchemas.ADD.indexOf(LogSchemas.CLUSTERING_PROVIDER);
    return add.isNullAt(place) ? Optional.empty() : Optional.of(add.getString(place));
  }

  static DeletionVectorDescriptor descriptor(VectorDescriptor vector) {
    return new DeletionVectorDescriptor(
        vector.storage(),
        vector.pathOrInline(),
        vector.offset().isPresent() ? Optional.of(vector.offset().getAsInt()) : Optional.empty(),
        vector.size(),
        vector.cardinality());
  }

  private static VectorDescriptor vector(DeletionVectorDescriptor vector) {
    return new VectorDescriptor(
        vector.getStorageType(),
        vector.getPathOrInlineDv(),
        vector.getOffset().map(OptionalInt::of).orElse(OptionalInt.empty()),
        vector.getSizeInBytes(),
        vector.getCardinality());
  }

  private static void describe(DataFile file, Fields fields, boolean dataChange) {
    fields.put("path", file.path());
    fields.put("partitionValues", VectorUtils.stringStringMapValue(file.partitionValues()));
    fields.put("size", file.size());
    fields.put("dataChange", dataChange);
    if (!file.tags().isEmpty()) {
      fields.put("tags", VectorUtils.stringStringMapValue(file.tags()));
    }
    fields.put("baseRowId", file.baseRowId().orElse(null));
    fields.put("defaultRowCommitVersion", file.defaultRowCommitVersion().orElse(null));
    fields.put(
        "deletionVector",
        file.deletionVector().map(vector -> descriptor(vector).toRow()).orElse(null));
  }

  private static Map<String, String> strings(MapValue map) {
    return map.getSize() == 0
        ? Map.of()
        : Collections.unmodifiableMap(VectorUtils.<String, String>toJavaMap(map));
  }

  private static final class Fields {
    private final StructType schema;
    private final Map<Integer, Object> values = new HashMap<>();

    Fields(StructType schema) {
      this.schema = schema;
    }

    void put(String field, Object value) {
      if (value != null) {
        values.put(schema.indexOf(field), value);
      }
    }

    Row row() {
      return new GenericRow(schema, values);
    }
  }
}
