// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

/** The origin of a row event: the write-ahead log, or a kind of snapshot. */
public enum Origin {
  /** Read from the write-ahead log. */
  STREAMED,
  /** A row of an initial or blocking snapshot. Only an initial one lacks the commit LSN. */
  SNAPSHOT,
  /** A row of an incremental snapshot; its timestamp is the time of emission. */
  INCREMENTAL;

  /**
   * Interprets {@code source.snapshot}.
   *
   * @param snapshot text, boolean or null as the field arrived
   * @param op the event's operation, which decides where the snapshot field is absent; may be null
   */
  static Origin of(Object snapshot, String op) {
    if (snapshot == null) {
      return "r".equals(op) ? SNAPSHOT : STREAMED;
    }
    return switch (snapshot.toString()) {
      case "false" -> STREAMED;
      case "incremental" -> INCREMENTAL;
      default -> op == null || op.equals("r") ? SNAPSHOT : STREAMED;
    };
  }
}
