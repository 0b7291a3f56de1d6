// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.internal.util.ColumnMapping;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The fields of a schema with column mapping, changed so that no stored value is lost or comes
 * back. Two rules hide in this class: a new column never takes its display name as its physical
 * name (a column dropped earlier may have had it, and its values would come back), and a changed
 * field keeps its metadata (without it, it would be a new column, and its values would be gone).
 */
public final class MappedFields {
  private final boolean mapped;
  private final List<StructField> fields;
  private long lastId;

  /**
   * @param version table as it is
   */
  public MappedFields(TableVersion version) {
    this.mapped = version.mapsColumns();
    this.fields = new ArrayList<>(version.schema().fields());
    this.lastId =
        Long.parseLong(
            version.properties().getOrDefault(ColumnMapping.COLUMN_MAPPING_MAX_COLUMN_ID_KEY, "0"));
    for (StructField field : fields) {
      if (field.getMetadata().contains(ColumnMapping.COLUMN_MAPPING_ID_KEY)) {
        lastId = Math.max(lastId, field.getMetadata().getLong(ColumnMapping.COLUMN_MAPPING_ID_KEY));
      }
    }
  }

  /** Whether there is a column of that name; case does not count in Delta. */
  public boolean has(String name) {
    return fields.stream().anyMatch(field -> field.getName().equalsIgnoreCase(name));
  }

  /** Gives a column of a table with column mapping another name; its values stay. */
  public void rename(String name, String to) {
    replace(
        name,
        field -> new StructField(to, field.getDataType(), field.isNullable(), field.getMetadata()));
  }

  /** Adds a nullable column at the end. */
  public void add(String name, DataType type) {
    fields.add(new StructField(name, type, true, newIdentity()));
  }

  /** Drops a column of a table with column mapping. */
  public void drop(String name) {
    fields.removeIf(field -> field.getName().equals(name));
  }

  /**
   * Makes every value of a column NULL: puts a new column in its place. The table has column
   * mapping.
   */
  public void clear(String name) {
    replace(name, field -> new StructField(name, field.getDataType(), true, newIdentity()));
  }

  /** As {@link #clear}, with a type that need not have to do with the old one. */
  public void clear(String name, DataType type) {
    replace(name, field -> new StructField(name, type, true, newIdentity()));
  }

  private FieldMetadata newIdentity() {
    return mapped
        ? FieldMetadata.builder()
            .putLong(ColumnMapping.COLUMN_MAPPING_ID_KEY, ++lastId)
            .putString(ColumnMapping.COLUMN_MAPPING_PHYSICAL_NAME_KEY, "col-" + UUID.randomUUID())
            .build()
        : FieldMetadata.empty();
  }

  /** Gives a column a wider type. */
  public void widen(String name, DataType type) {
    replace(name, field -> new StructField(name, type, field.isNullable(), field.getMetadata()));
  }

  /** Lets a column hold NULL. */
  public void relax(String name) {
    replace(name, field -> new StructField(name, field.getDataType(), true, field.getMetadata()));
  }

  /** The changed schema. */
  public StructType schema() {
    return new StructType(fields);
  }

  private void replace(String name, java.util.function.UnaryOperator<StructField> change) {
    fields.replaceAll(field -> field.getName().equals(name) ? change.apply(field) : field);
  }
}
