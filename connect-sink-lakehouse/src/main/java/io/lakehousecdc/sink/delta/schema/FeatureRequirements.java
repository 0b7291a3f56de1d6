// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table features that this sink can write, and those that it can as long as nothing in the
 * table makes use of them. Kernel has a list of its own, which holds for what Kernel writes: files,
 * deletion vectors and their statistics are written here.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Table
 *     Features</a>
 */
final class FeatureRequirements {
  private static final Set<String> WRITTEN =
      Set.of(
          "appendOnly",
          "changeDataFeed",
          "checkpointProtection",
          "clustering",
          "columnMapping",
          "deletionVectors",
          "domainMetadata",
          "inCommitTimestamp",
          "rowTracking",
          "timestampNtz",
          "typeWidening",
          "typeWidening-preview",
          "v2Checkpoint",
          "vacuumProtocolCheck");

  /** Features by the property that switches them on. */
  private static final Map<String, String> BY_PROPERTY =
      Map.of(
          "icebergCompatV1", "delta.enableIcebergCompatV1",
          "icebergCompatV2", "delta.enableIcebergCompatV2",
          "icebergCompatV3", "delta.enableIcebergCompatV3",
          "icebergWriterCompatV1", "delta.enableIcebergWriterCompatV1",
          "icebergWriterCompatV3", "delta.enableIcebergWriterCompatV3",
          "variantShredding", "delta.enableVariantShredding",
          "variantShredding-preview", "delta.enableVariantShredding");

  /** Features by the metadata of the columns that use them. */
  private static final Map<String, String> BY_COLUMN =
      Map.of(
          "allowColumnDefaults", "CURRENT_DEFAULT",
          "generatedColumns", "delta.generationExpression",
          "identityColumns", "delta.identity.start",
          "invariants", "delta.invariants");

  private FeatureRequirements() {}

  /**
   * A feature that the sink cannot write.
   *
   * @param name name in the protocol
   * @param reason how the table uses it
   * @param remedy what can be done
   */
  record Refusal(String name, String reason, String remedy) {}

  /** The first feature in the way of writing to the table. */
  static Optional<Refusal> refusal(TableVersion version) {
    Optional<Refusal> switched = switchedOn(version.properties());
    if (switched.isPresent()) {
      return switched;
    }
    return new TreeSet<>(version.features())
        .stream()
            .filter(feature -> !WRITTEN.contains(feature) && !BY_PROPERTY.containsKey(feature))
            .flatMap(feature -> refusal(version, feature).stream())
            .findFirst();
  }

  /** The first feature that table properties switch on and the sink cannot write. */
  static Optional<Refusal> switchedOn(Map<String, String> properties) {
    return new TreeSet<>(BY_PROPERTY.keySet())
        .stream()
            .filter(feature -> Boolean.parseBoolean(properties.get(BY_PROPERTY.get(feature))))
            .map(
                feature ->
                    new Refusal(
                        feature,
                        BY_PROPERTY.get(feature) + " is true",
                        "Set the property to false"))
            .findFirst();
  }

  private static Optional<Refusal> refusal(TableVersion version, String feature) {
    if (feature.equals("checkConstraints")) {
      return version.properties().keySet().stream()
          .filter(key -> key.toLowerCase(Locale.ROOT).startsWith("delta.constraints."))
          .sorted()
          .findFirst()
          .map(
              key ->
                  new Refusal(
                      feature,
                      "it has the CHECK constraint " + key.substring("delta.constraints.".length()),
                      "Drop it with ALTER TABLE ... DROP CONSTRAINT"));
    }
    if (BY_COLUMN.containsKey(feature)) {
      return using(version.schema(), BY_COLUMN.get(feature))
          .map(
              column ->
                  new Refusal(
                      feature,
                      "column " + column + " uses it",
                      feature.equals("allowColumnDefaults")
                          ? "Drop the default with ALTER TABLE ... ALTER COLUMN ... DROP DEFAULT"
                          : "Make the column an ordinary one"));
    }
    if (feature.equals("materializePartitionColumns") && version.partitionColumns().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            feature,
            "its protocol names it",
            "Drop it with ALTER TABLE ... DROP FEATURE, where the feature allows that"));
  }

  /** The first column, or field of a struct, with a key in its metadata. */
  private static Optional<String> using(StructType schema, String key) {
    return schema.fields().stream()
        .filter(field -> field.getMetadata().contains(key) || uses(field.getDataType(), key))
        .map(StructField::getName)
        .findFirst();
  }

  private static boolean uses(DataType type, String key) {
    if (type instanceof StructType struct) {
      return using(struct, key).isPresent();
    }
    if (type instanceof ArrayType array) {
      return uses(array.getElementType(), key);
    }
    return type instanceof MapType map
        && (uses(map.getKeyType(), key) || uses(map.getValueType(), key));
  }
}
