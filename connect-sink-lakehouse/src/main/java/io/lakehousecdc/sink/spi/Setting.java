// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.List;

/**
 * A configuration setting that a target declares.
 *
 * @param key full name, such as {@code postgres.url}
 * @param kind how its text is read
 * @param defaultValue default as text; null if there is none
 * @param required whether the target cannot be opened without it
 * @param documentation description for users
 * @param choices permitted values of a {@link Kind#CHOICE}; empty for other kinds
 */
public record Setting(
    String key,
    Kind kind,
    String defaultValue,
    boolean required,
    String documentation,
    List<String> choices) {

  /** How a setting's text is read. */
  public enum Kind {
    TEXT,
    SECRET,
    INTEGER,
    BOOLEAN,
    LIST,
    CHOICE
  }

  public static Setting required(String key, Kind kind, String documentation) {
    return new Setting(key, kind, null, true, documentation, List.of());
  }

  public static Setting optional(String key, Kind kind, String defaultValue, String documentation) {
    return new Setting(key, kind, defaultValue, false, documentation, List.of());
  }

  public static Setting choice(
      String key, String defaultValue, List<String> choices, String documentation) {
    return new Setting(key, Kind.CHOICE, defaultValue, false, documentation, choices);
  }
}
