// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

import java.util.LinkedHashSet;
import java.util.Set;

/** Whether messages hold values of records ({@code errors.log.include.messages}). */
public enum Disclosure {
  /** Messages name tables, columns and types only. */
  NAMES,
  /** Messages hold the values that they are about, too. */
  VALUES;

  /** The failure's message, with the values that it and its causes keep apart if they are told. */
  public String message(Throwable failure) {
    if (this == NAMES) {
      return failure.getMessage();
    }
    Set<String> values = new LinkedHashSet<>();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof Discreet discreet && !discreet.values().isEmpty()) {
        values.add(discreet.values());
      }
    }
    return values.isEmpty()
        ? failure.getMessage()
        : failure.getMessage() + " Values: " + String.join("; ", values) + ".";
  }
}
