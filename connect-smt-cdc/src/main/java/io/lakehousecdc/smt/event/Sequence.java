// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import java.util.List;

/**
 * Debezium's {@code source.sequence} of a PostgreSQL event: {@code ["<last commit LSN>","<LSN>"]}.
 *
 * @param commitLsn LSN of the end of the last commit delivered before this event, the same for all
 *     events of a transaction; null for rows of an initial snapshot and for streamed events before
 *     the first commit after it
 * @param lsn LSN of the event, or of the snapshot
 */
public record Sequence(Long commitLsn, long lsn) {

  /**
   * Parses a sequence from the field's text, or from the list that Connect's default header
   * converter makes of a header's text.
   *
   * @return null if the value is not a sequence of two LSNs
   */
  public static Sequence parse(Object value) {
    if (value instanceof List<?> list) {
      return list.size() == 2 ? of(text(list.get(0)), text(list.get(1))) : null;
    }
    return value instanceof String text ? parse(text.trim()) : null;
  }

  private static Sequence parse(String text) {
    int comma = text.indexOf(',');
    if (comma < 0 || !text.startsWith("[") || !text.endsWith("]")) {
      return null;
    }
    return of(
        unquoted(text.substring(1, comma)), unquoted(text.substring(comma + 1, text.length() - 1)));
  }

  private static Sequence of(String commitLsn, String lsn) {
    try {
      return lsn == null
          ? null
          : new Sequence(commitLsn == null ? null : Long.valueOf(commitLsn), Long.parseLong(lsn));
    } catch (NumberFormatException notAnLsn) {
      return null;
    }
  }

  private static String text(Object element) {
    return element == null ? null : element.toString();
  }

  private static String unquoted(String element) {
    String trimmed = element.trim();
    if (trimmed.equals("null")) {
      return null;
    }
    boolean quoted = trimmed.length() >= 2 && trimmed.startsWith("\"") && trimmed.endsWith("\"");
    return quoted ? trimmed.substring(1, trimmed.length() - 1) : trimmed;
  }
}
