// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * SQL names and literals. Names are always quoted, so that case and reserved words are taken as
 * they are.
 */
public final class Identifiers {
  /** PostgreSQL's NAMEDATALEN less the terminator; longer names would be cut in silence. */
  private static final int MAX_BYTES = 63;

  private Identifiers() {}

  public static String quote(String name) {
    if (name.length() * 3 > MAX_BYTES && name.getBytes(UTF_8).length > MAX_BYTES) {
      throw new FatalException(
          "The name "
              + name
              + " is longer than PostgreSQL's limit of 63 bytes and would be cut. Map the table with"
              + " table.name.map, or leave the column out with field.exclude.list.");
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new FatalException(
          "PostgreSQL cannot have the name '" + name.replace('\0', '?') + "'.");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Names in SQL, separated by commas. */
  public static String list(Collection<String> names) {
    return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  /** Name of a table whose schema is set. */
  public static String qualified(TableId table) {
    return quote(table.schema()) + "." + quote(table.name());
  }

  /** A string literal. Only for server-controlled or checked text; data goes by parameters. */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
