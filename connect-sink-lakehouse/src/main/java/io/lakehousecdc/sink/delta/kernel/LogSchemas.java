// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.List;
import java.util.Set;

/**
 * The schemas of log actions, where Kernel's (4.4.0) leave something out that has to be handed on.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Actions,
 *     Checkpoints</a>
 */
final class LogSchemas {
  static final String CLUSTERING_PROVIDER = "clusteringProvider";

  /** All of an {@code add} action. Begins with Kernel's fields, in Kernel's order. */
  static final StructType ADD =
      AddFile.FULL_SCHEMA.add(CLUSTERING_PROVIDER, StringType.STRING, true);

  /** What a checkpoint keeps of a {@code remove} action: statistics and tags are left out. */
  static final StructType TOMBSTONE = without(RemoveFile.FULL_SCHEMA, Set.of("stats", "tags"));

  /** What tells a removed file from others. */
  static final StructType REMOVED =
      new StructType()
          .add(RemoveFile.FULL_SCHEMA.get("path"))
          .add(RemoveFile.FULL_SCHEMA.get("deletionVector"));

  /** All of a {@code cdc} action, of which Kernel only knows that there is such. */
  static final StructType CHANGE =
      new StructType()
          .add(RemoveFile.FULL_SCHEMA.get("path"))
          .add(AddFile.FULL_SCHEMA.get("partitionValues"))
          .add(AddFile.FULL_SCHEMA.get("size"))
          .add(AddFile.FULL_SCHEMA.get("dataChange"));

  /** A line of a log entry. */
  static final StructType ENTRY = with(with(SingleAction.FULL_SCHEMA, "add", ADD), "cdc", CHANGE);

  private LogSchemas() {}

  /** The schema with another type of one field. */
  static StructType with(StructType schema, String name, DataType type) {
    return new StructType(
        schema.fields().stream()
            .map(
                field ->
                    field.getName().equals(name)
                        ? new StructField(name, type, field.isNullable(), field.getMetadata())
                        : field)
            .toList());
  }

  private static StructType without(StructType schema, Set<String> names) {
    List<StructField> fields =
        schema.fields().stream().filter(field -> !names.contains(field.getName())).toList();
    return new StructType(fields);
  }
}
