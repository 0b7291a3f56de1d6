// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parser of settings that list columns of tables. */
public final class ColumnLists {
  private ColumnLists() {}

  /**
   * The columns by table, in order.
   *
   * @param setting name of the setting, for messages
   * @param text {@code schema.table:column,column;…}; may be null or blank
   * @throws IllegalArgumentException with a message for the user, if it is malformed
   */
  public static Map<String, List<String>> parse(String setting, String text) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (String entry : SettingList.split(text, ";")) {
      int colon = entry.indexOf(':');
      String table = colon < 0 ? "" : entry.substring(0, colon).strip();
      List<String> names =
          colon < 0 ? List.of() : SettingList.split(entry.substring(colon + 1), ",");
      if (table.isEmpty() || names.isEmpty()) {
        throw new IllegalArgumentException(
            "%s: '%s' is not <schema>.<table>:<column>,<column>.".formatted(setting, entry));
      }
      if (names.stream().distinct().count() != names.size()) {
        throw new IllegalArgumentException(
            "%s: a column is named twice in '%s'.".formatted(setting, entry));
      }
      if (lists.put(table, names) != null) {
        throw new IllegalArgumentException(
            "%s: the table %s is named twice.".formatted(setting, table));
      }
    }
    return lists;
  }
}
