// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.tools.UsageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The key of a row as text, by the names that its columns have in the target. Texts are those of
 * PostgreSQL: {@code 42}, {@code t}, {@code 2026-01-31}, {@code 2026-01-31 12:00:00+00}, {@code
 * \x00ff}. Immutable; does not print values.
 *
 * @param columns text by column, null for NULL; at least one, in the order in which they were given
 */
public record KeyText(Map<String, String> columns) {
  public KeyText {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("A key has at least one column");
    }
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /**
   * The key that options name.
   *
   * @param options each {@code column=text}
   * @throws UsageException one is not of that form, or names a column twice
   */
  public static KeyText parse(List<String> options) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 1) {
        throw new UsageException("A key is given as --key column=value, once for each column.");
      }
      String column = option.substring(0, equals);
      if (columns.containsKey(column)) {
        throw new UsageException("The key column " + column + " is given twice.");
      }
      columns.put(column, option.substring(equals + 1));
    }
    return new KeyText(columns);
  }

  /** Names of the columns, in order. */
  public List<String> names() {
    return new ArrayList<>(columns.keySet());
  }

  @Override
  public String toString() {
    return "KeyText" + columns.keySet();
  }
}
