// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a table's log a reader of its newest version opens.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Delta
 *     Log Entries, Checkpoints</a>
 */
final class LogFiles {
  private static final String DIRECTORY = "/_delta_log/";
  private static final Pattern NAME =
      Pattern.compile("(\\d{20})\\.(json|crc|checkpoint\\.(?:.+\\.)?(?:parquet|json))");

  private LogFiles() {}

  /**
   * The files of the newest checkpoint, the entry of its version, which tells one table from
   * another, and the entries above it; in the order in which they are read, from the newest down.
   *
   * @param listed a listing of a directory; of another one than a log none is needed
   */
  static List<FileInfo> needed(List<FileInfo> listed) {
    List<FileInfo> needed = new ArrayList<>();
    long least = 0;
    boolean checksum = false;
    for (int i = listed.size() - 1; i >= 0; i--) {
      FileInfo file = listed.get(i);
      Matcher name = NAME.matcher(file.name());
      if (!file.location().endsWith(DIRECTORY + file.name()) || !name.matches()) {
        continue;
      }
      long version = Long.parseLong(name.group(1));
      if (version < least) {
        break;
      }
      if (name.group(2).equals("crc")) {
        // Of checksums the newest alone is read.
        if (checksum) {
          continue;
        }
        checksum = true;
      } else if (!name.group(2).equals("json") && file.size() > 0) {
        least = version;
      }
      needed.add(file);
    }
    return needed;
  }
}
