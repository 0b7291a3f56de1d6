// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Member;
import io.lakehousecdc.sink.decode.table.Warnings;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;

/**
 * A detector of converters that replace an explicit NULL by the column's default ({@code
 * replace.null.with.default}, on by default in Connect's JSON converter). The sink then cannot tell
 * a NULL at the source from the default.
 */
final class ReplacedNulls {
  private final List<String> columns = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final List<Object> defaults = new ArrayList<>();
  private boolean decided;

  ReplacedNulls(Layout row) {
    if (row instanceof Layout.OfStruct struct) {
      for (Field field : struct.schema().fields()) {
        if (field.schema().isOptional() && field.schema().defaultValue() != null) {
          columns.add(field.name());
          members.add(row.member(field.name()));
          defaults.add(field.schema().defaultValue());
        }
      }
    }
    decided = columns.isEmpty();
  }

  /** Warns that a converter replaces NULL: this is certain. */
  void confirm(TableId table, Warnings warnings) {
    if (!decided) {
      decided = true;
      warnings.replacedNulls(table, columns);
    }
  }

  /**
   * Examines a row until one has a NULL, which proves that NULL is not replaced, or a default,
   * which gives a warning.
   */
  void examine(Object row, TableId table, Warnings warnings) {
    boolean isSuspect = false;
    for (int i = 0; !decided && i < members.size(); i++) {
      Object value = members.get(i).of(row);
      decided = value == null;
      isSuspect |= defaults.get(i).equals(value);
    }
    if (!decided && isSuspect) {
      decided = true;
      warnings.perhapsReplacedNulls(table, columns);
    }
  }
}
