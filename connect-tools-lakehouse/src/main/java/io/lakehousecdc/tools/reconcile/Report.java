// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the command tells while and after it compares. For one thread, but for the progress. */
interface Report {
  /** A table is about to be compared. */
  TableProgress begin(TablePair pair);

  /** A table has been compared. */
  void compared(Outcome outcome);

  /** A table is not compared. */
  void left(TablePairs.Plan.Leave plan);

  /** A step of a repair. */
  void repaired(TablePair pair, String what);

  /** All tables are done. */
  void end();

  /** How values of rows are told. */
  enum Values {
    SHOWN,
    /** As the first digits of their SHA-256. */
    HASHED;

    private static final int DIGITS = 12;

    /**
     * What is told of a value.
     *
     * @param text as {@link Form#textSql} gives it; null for NULL
     */
    String told(Form form, String text) {
      if (text == null) {
        return "NULL";
      }
      return this == SHOWN ? form.readable(text) : "sha256:" + sha256(text).substring(0, DIGITS);
    }

    private static String sha256(String text) {
      try {
        return HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}
