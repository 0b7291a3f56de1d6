// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code column.name.case}: the case that the target's columns have. */
public enum ColumnCase {
  /** That of the source. */
  EXACT,
  /** Lower case, as PostgreSQL folds names that are not quoted. */
  LOWER;

  /** Name in the target of a column of the source. */
  public String of(String name) {
    return this == EXACT ? name : name.toLowerCase(Locale.ROOT);
  }

  /**
   * The schema with the names that its columns have in the target.
   *
   * @throws DecodeException two columns have one name there
   */
  RowSchema of(RowSchema source) {
    if (this == EXACT) {
      return source;
    }
    Map<String, Column> renamed = new LinkedHashMap<>();
    for (Column column : source.columns()) {
      String name = of(column.name());
      if (renamed.put(name, new Column(name, column.type(), column.optional())) != null) {
        throw new DecodeException(
            "Two columns of the record are named %s under column.name.case=lower. Set it to exact, or leave one out with field.exclude.list."
                .formatted(name));
      }
    }
    return new RowSchema(
        List.copyOf(renamed.values()), source.keyColumns(), source.sourceTable().orElse(null));
  }
}
