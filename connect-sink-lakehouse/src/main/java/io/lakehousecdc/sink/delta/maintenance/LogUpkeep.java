// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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
  private final Engine engine;
  private final String table;

  /**
   * @param table location of the table, without a slash at the end
   */
  public LogUpkeep(FileIO store, String table) {
    this.store = store;
    this.engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
    this.table = table;
  }

  /**
   * Writes a checkpoint of the newest version, so that readers need not go through all commits,
   * then removes log files that {@code delta.logRetentionDuration} no longer keeps.
   *
   * <p>Writes no checksum file, which the protocol leaves free: Kernel 4.4.0 cannot compute one for
   * a table of which some files have a deletion vector and others have none.
   *
   * @return version of the checkpoint
   */
  public long checkpoint() throws IOException {
    Snapshot newest = TableManager.loadSnapshot(table).build(engine);
    long version = newest.getVersion();
    if (store.exists(table + "/_delta_log/%020d.checkpoint.parquet".formatted(version))) {
      // Another writer's checkpoint is as good, and may be being read.
      return version;
    }
    newest.writeCheckpoint(engine);
    return version;
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
    int removed = 0;
    for (FileInfo file : log) {
      Matcher side = SIDE.matcher(file.name());
      if (side.matches()
          && first.isPresent()
          && Long.parseLong(side.group(1)) < first.getAsLong()
          && store.delete(file.location())) {
        removed++;
      }
    }
    return removed;
  }
}
