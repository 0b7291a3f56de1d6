// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import java.util.Set;
import org.postgresql.util.ServerErrorMessage;

/**
 * What of the server's texts may be told to everybody. Detail, hint and context quote rows, so none
 * of them but a detail that lists what depends on a table. The primary message names objects only,
 * except for errors of class 22 (data exceptions), which quote the value, and for what functions of
 * users raise, which may say anything.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error codes</a>
 */
final class ServerTexts {
  private static final String DATA_EXCEPTION = "22";

  /** Classes of errors whose messages name objects only. */
  private static final Set<String> NAMING_OBJECTS =
      Set.of(
          "08", "0A", "21", "23", "25", "26", "28", "2B", "2D", "34", "3B", "3D", "3F", "40", "42",
          "44", "53", "54", "55", "57", "58", "F0", "XX");

  /** Source files of the server in which the procedural languages raise users' errors. */
  private static final Set<String> LANGUAGES =
      Set.of("pl_exec.c", "plpy_elog.c", "plperl.c", "pltcl.c");

  /** Whatever the server's language is ({@code lc_messages}), its messages quote with these. */
  private static final String QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e\u300c\u300d";

  private static final String COLONS = ":\uff1a";
  private static final String ELLIPSIS = "\u2026";

  private ServerTexts() {}

  /** The message without values of rows; says that it is left out where it may be one. */
  static String discreet(ServerErrorMessage error) {
    String state = String.valueOf(error.getSQLState());
    String kind = state.substring(0, Math.min(2, state.length()));
    boolean raised = error.getFile() != null && LANGUAGES.contains(error.getFile());
    if (!raised && NAMING_OBJECTS.contains(kind)) {
      boolean tells = namesDependents(error) && error.getDetail() != null;
      return tells ? error.getMessage() + " | " + error.getDetail() : error.getMessage();
    }
    if (!raised && kind.equals(DATA_EXCEPTION)) {
      return withoutQuotes(String.valueOf(error.getMessage()));
    }
    return "the server raised an error whose text may hold values and is left out;"
        + " errors.log.include.messages=true shows it";
  }

  /** Whether the detail lists what depends on a table: views, rules and the like. */
  private static boolean namesDependents(ServerErrorMessage error) {
    return "2BP01".equals(error.getSQLState())
        || "0A000".equals(error.getSQLState()) && "tablecmds.c".equals(error.getFile());
  }

  /** Everything that the server tells; empty where the message is all of it. */
  static String complete(ServerErrorMessage error) {
    StringBuilder text = new StringBuilder(String.valueOf(error.getMessage()));
    append(text, error.getDetail());
    append(text, error.getHint());
    append(text, error.getWhere());
    return text.toString().equals(discreet(error)) ? "" : text.toString();
  }

  private static void append(StringBuilder text, String part) {
    if (part != null) {
      text.append(" | ").append(part.replace('\n', ' '));
    }
  }

  /** Leaves out what is quoted, from the first quote to the last, and what follows a colon. */
  private static String withoutQuotes(String text) {
    int first = indexOfAny(text, QUOTES);
    int colon = indexOfAny(text, COLONS);
    if (first < 0 || colon >= 0 && colon < first) {
      return colon < 0 ? text : text.substring(0, colon);
    }
    int last = text.length() - 1;
    while (QUOTES.indexOf(text.charAt(last)) < 0) {
      last--;
    }
    String rest = text.substring(last + 1);
    int end = indexOfAny(rest, COLONS);
    return text.substring(0, first) + ELLIPSIS + (end < 0 ? rest : rest.substring(0, end));
  }

  private static int indexOfAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
