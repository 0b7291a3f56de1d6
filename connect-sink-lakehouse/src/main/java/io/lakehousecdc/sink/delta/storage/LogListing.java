// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Listings of a table's log. A listing is no snapshot of a directory or a bucket: while others
 * commit, it may hold an entry and not the one before, which was written while it was made. Readers
 * would take such a log for broken, and the vacuum would not know what the entry removed.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#delta-log-entries">Delta
 *     Log Entries: contiguous versions</a>
 */
public final class LogListing {
  private static final Pattern ENTRY = Pattern.compile(".*/_delta_log/(\\d{20})\\.json");

  /** More entries in a row were not written during a listing: they are lost. */
  private static final int MOST_MISSED = 100;

  private LogListing() {}

  /**
   * The files that {@link FileIO#listFrom} finds, with the entries that it has missed before
   * others. Those that the store does not have, either, are left out.
   */
  public static List<FileInfo> from(FileIO store, String location) throws IOException {
    List<FileInfo> listed = store.listFrom(location);
    List<FileInfo> missed = missed(store, listed);
    if (missed.isEmpty()) {
      return listed;
    }
    List<FileInfo> all = new ArrayList<>(listed);
    all.addAll(missed);
    all.sort(FileInfo.BY_NAME);
    return all;
  }

  private static List<FileInfo> missed(FileIO store, List<FileInfo> listed) throws IOException {
    List<FileInfo> missed = new ArrayList<>();
    long last = -1;
    for (FileInfo file : listed) {
      Matcher entry = ENTRY.matcher(file.location());
      if (!entry.matches()) {
        continue;
      }
      long version = Long.parseLong(entry.group(1));
      if (last >= 0 && version - last <= MOST_MISSED) {
        for (long each = last + 1; each < version; each++) {
          store.stat(beside(file, each)).ifPresent(missed::add);
        }
      }
      last = version;
    }
    return missed;
  }

  private static String beside(FileInfo entry, long version) {
    String location = entry.location();
    String log = location.substring(0, location.lastIndexOf('/') + 1);
    return log + "%020d.json".formatted(version);
  }
}
