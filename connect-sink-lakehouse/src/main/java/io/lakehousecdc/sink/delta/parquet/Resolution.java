// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.StructField;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/**
 * The way in which the columns of a table, and the fields of its structs, are found in files: the
 * column mapping mode. The other of the two means nothing: files that were taken over from other
 * tables have the ids of those.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Reader
 *     Requirements for Column Mapping</a>
 */
public enum Resolution {
  /** By physical name: mode {@code name}, and tables without column mapping. */
  NAME {
    @Override
    Optional<Type> find(GroupType group, String physicalName, OptionalInt id) {
      if (group.containsField(physicalName)) {
        return Optional.of(group.getType(physicalName));
      }
      String lower = physicalName.toLowerCase(Locale.ROOT);
      return group.getFields().stream()
          .filter(field -> field.getName().toLowerCase(Locale.ROOT).equals(lower))
          .findFirst();
    }
  },
  /** By field id: mode {@code id}. */
  ID {
    @Override
    Optional<Type> find(GroupType group, String physicalName, OptionalInt id) {
      return id.isEmpty()
          ? Optional.empty()
          : group.getFields().stream()
              .filter(field -> field.getId() != null && field.getId().intValue() == id.getAsInt())
              .findFirst();
    }
  };

  /** Where Kernel's physical schemas keep the ids of the fields of structs. */
  static final String FIELD_ID = "parquet.field.id";

  /** The stored column or field; empty where the file lacks it, which makes it NULL. */
  abstract Optional<Type> find(GroupType group, String physicalName, OptionalInt id);

  /** As {@link #find(GroupType, String, OptionalInt)} for a field of a struct. */
  Optional<Type> find(GroupType group, StructField field) {
    return find(group, field.getName(), id(field));
  }

  /** Id of a field of a struct; empty without column mapping. */
  static OptionalInt id(StructField field) {
    return field.getMetadata().contains(FIELD_ID)
        ? OptionalInt.of(Math.toIntExact(field.getMetadata().getLong(FIELD_ID)))
        : OptionalInt.empty();
  }
}
