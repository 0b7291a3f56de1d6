// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of data files and deletion vectors of a table that no version of the retention period
 * needs.
 *
 * <p>A file goes only if all of this is true: it is older than the retention period (so it belongs
 * to no commit still going on); it is not active; and no commit of the retention period removed it,
 * or named it as a file of the change data feed. Where the log no longer reaches back over the
 * whole period, nothing goes. Files of other kinds, everything in other directories that begin with
 * {@code _} or {@code .}, and every other table below this one are left alone.
 */
public final class Vacuum {
  private static final Logger LOG = LoggerFactory.getLogger(Vacuum.class);
  private static final String LOG_DIRECTORY = "/_delta_log/";
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

  private final FileIO store;
  private final FileNames names;
  private final Duration retention;
  private final RemovedFiles removed;

  /**
   * @param table location of the table, without a slash at the end
   * @param retention for how long files are kept after they were replaced; longer than any commit
   *     and any reader takes
   */
  public Vacuum(FileIO store, String table, Duration retention) {
    this(store, table, retention, removedFiles(store, table));
  }

  /**
   * A vacuum that goes on where an earlier one of the table has ended.
   *
   * @param removed what earlier ones have read of the log
   */
  Vacuum(FileIO store, String table, Duration retention, RemovedFiles removed) {
    this.store = store;
    this.names = new FileNames(store, table);
    this.retention = retention;
    this.removed = removed;
  }

  /** What a table's log tells of removed files; nothing is read yet. */
  static RemovedFiles removedFiles(FileIO store, String table) {
    return new RemovedFiles(store, new FileNames(store, table));
  }

  /** Tells which files the newest version of the table consists of. */
  @FunctionalInterface
  public interface ActiveFiles {

    /** Locations of all active data files and their deletion vectors, read now. */
    Set<String> locations() throws IOException;
  }

  /**
   * What a vacuum removed.
   *
   * @param files number of files
   * @param bytes their size
   */
  public record Removed(int files, long bytes) {}

  /**
   * Removes what may go.
   *
   * @param nowMillis present time, by the clock of the store
   */
  public Removed run(long nowMillis, ActiveFiles active) throws IOException {
    long cutOff = nowMillis - retention.toMillis();
    // First the listing, then the log: what is committed in between is younger than the listing.
    List<FileInfo> old = new ArrayList<>();
    Set<String> nested = new HashSet<>();
    store.walk(
        names.table(),
        file -> {
          nestedTable(file).ifPresent(nested::add);
          if (file.modifiedMillis() < cutOff && isRemovable(file)) {
            old.add(file);
          }
        });
    old.removeIf(file -> !nested.isEmpty() && isInAny(nested, file));
    if (old.isEmpty()) {
      return new Removed(0, 0);
    }
    Set<String> needed = active.locations();
    old.removeIf(file -> needed.contains(file.location()));
    if (old.isEmpty()) {
      // Nothing can go, whatever the log says.
      return new Removed(0, 0);
    }
    Optional<RemovedFiles.Named> named =
        removed.since(
            cutOff - slack(), Math.max(cutOff - slack(), nowMillis - CLOCK_SLACK.toMillis()));
    if (named.isEmpty()) {
      LOG.warn(
          "{}: the log does not reach back over delta.vacuum.retention ({}): nothing is removed."
              + " Raise the table property delta.logRetentionDuration above it.",
          names.table(),
          retention);
      return new Removed(0, 0);
    }
    old.removeIf(file -> named.get().contains(file.location()));
    if (old.isEmpty()) {
      return new Removed(0, 0);
    }
    store.deleteAll(old.stream().map(FileInfo::location).toList());
    long bytes = old.stream().mapToLong(FileInfo::size).sum();
    LOG.info("{}: the vacuum removed {} files of {} bytes", names.table(), old.size(), bytes);
    return new Removed(old.size(), bytes);
  }

  /** Clocks of writers and store may differ, by less than this where the retention is long. */
  private long slack() {
    return Math.min(CLOCK_SLACK.toMillis(), retention.toMillis());
  }

  /** Location of the table below this one that a file of a log belongs to. */
  private Optional<String> nestedTable(FileInfo file) {
    int log = file.location().indexOf(LOG_DIRECTORY, names.table().length() + 1);
    return log < 0 ? Optional.empty() : Optional.of(file.location().substring(0, log + 1));
  }

  private boolean isInAny(Set<String> tables, FileInfo file) {
    String location = file.location();
    int slash = location.indexOf('/', names.table().length() + 1);
    while (slash >= 0) {
      if (tables.contains(location.substring(0, slash + 1))) {
        return true;
      }
      slash = location.indexOf('/', slash + 1);
    }
    return false;
  }

  private boolean isRemovable(FileInfo file) {
    String inTable = file.location().substring(names.table().length() + 1);
    if (store.isPartial(file)) {
      return true;
    }
    boolean hidden =
        (inTable.startsWith("_") || inTable.startsWith("."))
            && !inTable.startsWith(ChangeFile.DIRECTORY + "/");
    String name = file.name();
    return !hidden
        && (name.endsWith(".parquet")
            || name.startsWith("deletion_vector_") && name.endsWith(".bin"));
  }
}
