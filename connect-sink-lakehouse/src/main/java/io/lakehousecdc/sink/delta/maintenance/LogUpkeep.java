// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The upkeep of a table's log: checkpoints, and the removal of old log files. Reads the log by
 * itself and writes nothing that a commit waits for, so that it runs beside commits. Thread-safe.
 */
public final class LogUpkeep {
  private static final Pattern BASE = Pattern.compile("(\\d{20})\\.(json|checkpoint\\..*)");
  private static final Pattern SIDE =
      Pattern.compile("(?:\\d{20}\\.)?(\\d{20})\\.(crc|compacted\\.json)");

  private final FileIO store;
  private final CheckpointWriter checkpoints;
  private final String table;
  private final Duration retention;

  /**
   * @param table location of the table, without a slash at the end
   * @param retention for how long log entries, and the names of removed files, are kept at least
   */
  public LogUpkeep(FileIO store, String table, Duration retention) {
    this.store = store;
    this.checkpoints = new CheckpointWriter(store, table);
    this.table = table;
    this.retention = retention;
  }

  /**
   * Writes a checkpoint of the newest version, so that readers need not go through all commits,
   * then removes log files that are no longer kept.
   *
   * @return version of the checkpoint
   */
  public long checkpoint() throws IOException {
    return checkpoints.write(retention);
  }

  /**
   * Removes checksums and compacted log files that belong to versions before the first that the log
   * still tells: Kernel's own clean-up leaves them.
   *
   * @return number of files removed
   */
  public int removeSideFiles() throws IOException {
    List<FileInfo> log = store.listFrom(table + "/_delta_log/0");
    OptionalLong first =
        log.stream()
            .map(file -> BASE.matcher(file.name()))
            .filter(Matcher::matches)
            .mapToLong(base -> Long.parseLong(base.group(1)))
            .min();
    List<String> old =
        log.stream()
            .filter(file -> first.isPresent() && isSideFileBefore(first.getAsLong(), file))
            .map(FileInfo::location)
            .toList();
    store.deleteAll(old);
    return old.size();
  }

  private static boolean isSideFileBefore(long version, FileInfo file) {
    Matcher side = SIDE.matcher(file.name());
    return side.matches() && Long.parseLong(side.group(1)) < version;
  }
}
