// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The locations of tables and their files. */
public final class TablePaths {
  /** The table of partition states, below the root itself. It has no rows. */
  public static final TableId OFFSETS = new TableId("", "_cdc_offsets");

  /** The table of the progress of sources, below the root itself. */
  public static final TableId PROGRESS = new TableId("", "_cdc_progress");

  /** The table of the status of tables, below the root itself. */
  public static final TableId STATUS = new TableId("", "_cdc_status");

  private final String root;

  /**
   * @param root resolved location of {@code delta.root}, without a slash at the end
   */
  public TablePaths(String root) {
    this.root = root;
  }

  /**
   * Location of a table: {@code <root>/<schema>/<table>}.
   *
   * @throws FatalException a part of the name would lead elsewhere
   */
  public String table(TableId table) {
    refusal(table)
        .ifPresent(
            reason -> {
              throw new FatalException(reason);
            });
    return table.schema().isEmpty()
        ? root + "/" + table.name()
        : root + "/" + table.schema() + "/" + table.name();
  }

  /** Location of the table of partition states. */
  public String offsets() {
    return root + "/" + OFFSETS.name();
  }

  /** Location of the table of the progress of sources. */
  public String progress() {
    return root + "/" + PROGRESS.name();
  }

  /** Location of the table of the status of tables. */
  public String status() {
    return root + "/" + STATUS.name();
  }

  /**
   * Location of a file of a table.
   *
   * @param path path as the log has it, percent-encoded
   */
  static String file(String table, String path) {
    try {
      URI uri = new URI(path);
      if (uri.getScheme() != null) {
        return "file".equals(uri.getScheme()) ? uri.getPath() : decoded(path);
      }
    } catch (URISyntaxException e) {
      // Some writers leave characters unencoded; the path is then taken as it is.
      return path.startsWith("/") ? path : table + "/" + path;
    }
    return path.startsWith("/") ? decoded(path) : table + "/" + decoded(path);
  }

  private static String decoded(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * Why there can be no table of that name: a part of it would lead elsewhere, or to what Delta
   * keeps beside tables; empty where there can be one.
   */
  public static Optional<String> refusal(TableId table) {
    boolean valid =
        isSegment(table.name()) && (table.schema().isEmpty() || isSegment(table.schema()));
    return valid
        ? Optional.empty()
        : Optional.of(
            "Table "
                + table
                + " cannot be a directory below delta.root: a part of its name holds a separator or"
                + " control character, is . or .., or begins with an underscore (reserved). Map it"
                + " to another name with table.name.map, or leave it out with a filter of tables.");
  }

  private static boolean isSegment(String name) {
    return !name.equals(".")
        && !name.equals("..")
        && !name.isEmpty()
        && !name.startsWith("_")
        && name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && name.chars().noneMatch(Character::isISOControl);
  }
}
