// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.util.Map;

/**
 * Finds in the trace of a failed task what may be told to everybody. Only messages of the sink's
 * own failures are known to hold no values of records. Stateless.
 */
public final class Traces {
  private static final String OWN = "io.lakehousecdc.sink.error.";
  private static final String INCLUDES_VALUES = "errors.log.include.messages";
  private static final String CAUSE = "Caused by: ";

  private Traces() {}

  /** Whether messages of failures hold values, by the settings of a connector. */
  public static boolean discloses(Map<String, String> settings) {
    return Boolean.parseBoolean(settings.getOrDefault(INCLUDES_VALUES, "").strip());
  }

  /**
   * Why a task has failed.
   *
   * @param trace as Connect tells it; may be null
   * @param disclosing whether messages hold values
   */
  public static String reason(String trace, boolean disclosing) {
    String kind = null;
    if (trace != null) {
      for (String line : trace.split("\n")) {
        String text = line.strip();
        text = text.startsWith(CAUSE) ? text.substring(CAUSE.length()) : text;
        int colon = text.indexOf(": ");
        if (text.startsWith(OWN) && colon > 0 && !disclosing) {
          return text.substring(colon + 2);
        }
        if (line.startsWith(CAUSE) || kind == null) {
          kind = simpleName(colon < 0 ? text : text.substring(0, colon));
        }
      }
    }
    return (kind == null ? "" : kind + "; ") + "see GET /connectors/<name>/status";
  }

  private static String simpleName(String type) {
    return type.matches("[\\w.$]+") ? type.substring(type.lastIndexOf('.') + 1) : "failure";
  }
}
