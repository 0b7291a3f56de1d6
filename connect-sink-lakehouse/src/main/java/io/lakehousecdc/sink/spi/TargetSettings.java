// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.List;
import java.util.Map;

/**
 * The settings that a target is opened with. {@link #toString} omits values, which may be secret.
 */
public final class TargetSettings {
  private final Map<String, String> values;
  private final TableOptions tables;

  /**
   * @param values settings by full name, defaults filled in; a target reads those it declares, and
   *     may read families of settings by prefix
   */
  public TargetSettings(Map<String, String> values, TableOptions tables) {
    this.values = Map.copyOf(values);
    this.tables = tables;
  }

  /** Text of a setting; null if it is not set. */
  public String text(String key) {
    return values.get(key);
  }

  /** Value of a numeric setting that has a default. */
  public long number(String key) {
    return Long.parseLong(values.get(key).trim());
  }

  /** Value of a boolean setting that has a default. */
  public boolean flag(String key) {
    return Boolean.parseBoolean(values.get(key).trim());
  }

  /** Comma-separated entries of a setting, trimmed; empty if it is not set. */
  public List<String> list(String key) {
    String text = values.get(key);
    return text == null || text.isBlank()
        ? List.of()
        : java.util.Arrays.stream(text.split(",")).map(String::trim).toList();
  }

  /** All settings whose names begin with {@code prefix}, by the rest of the name. */
  public Map<String, String> withPrefix(String prefix) {
    Map<String, String> found = new java.util.TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /** The options for writing tables. */
  public TableOptions tables() {
    return tables;
  }

  @Override
  public String toString() {
    return "TargetSettings" + new java.util.TreeSet<>(values.keySet());
  }
}
