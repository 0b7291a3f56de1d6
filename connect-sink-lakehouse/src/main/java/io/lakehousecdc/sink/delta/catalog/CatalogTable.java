// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import java.util.List;
import java.util.Optional;

/**
 * What a catalogue is told of a table. Cheap to make and to compare, for it is made at every
 * commit: texts are taken as the log has them, and read when they are sent.
 *
 * @param id name of the table
 * @param location URI of its directory, without a slash at the end
 * @param deltaId identity of the table; another one where it was made anew
 * @param schemaJson columns, as the log has them
 * @param partitionColumns names of the columns that partition it
 * @param comment of the table
 */
public record CatalogTable(
    TableId id,
    String location,
    String deltaId,
    String schemaJson,
    List<String> partitionColumns,
    Optional<String> comment) {

  /** Name of the schema, in every catalogue, of tables whose name has none. */
  private static final String DEFAULT_SCHEMA = "default";

  /**
   * @param location of the table, as its store resolves it
   */
  public static CatalogTable of(TableId id, String location, TableVersion version) {
    return new CatalogTable(
        id,
        location.startsWith("/") ? "file://" + location : location,
        version.tableId(),
        version.schemaJson(),
        version.partitionColumns(),
        version.comment());
  }

  /** Name of the schema, or database, of the catalogue. */
  String schema() {
    return id.schema().isEmpty() ? DEFAULT_SCHEMA : id.schema();
  }

  String name() {
    return id.name();
  }

  /** Whether a location that a catalogue names is this table's. */
  boolean isAt(String other) {
    return other != null && plain(other).equals(plain(location));
  }

  private static String plain(String location) {
    return location
        .replaceFirst("/+$", "")
        .replaceFirst("^s3[an]://", "s3://")
        .replaceFirst("^file:/+", "file:/");
  }
}
