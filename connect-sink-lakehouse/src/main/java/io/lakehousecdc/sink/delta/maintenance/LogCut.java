// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The removal of a table's log up to a version, sooner than the table's retention lets its clean-up
 * do so: entries and checkpoints hold the least and the greatest values of files. The versions
 * before can no longer be read, nor told in its history.
 *
 * <p>No entry goes that is younger than a limit, because a writer that found it to be the newest
 * may be about to commit in the place of the next one: what it writes there nobody would read.
 * Stateless.
 */
public final class LogCut {
  private static final Pattern FILE =
      Pattern.compile("(\\d{20})\\.(json|crc|checkpoint\\..*|\\d{20}\\.compacted\\.json)");

  /** Files that are removed at a time, the oldest first: what is left is a log without gaps. */
  private static final int PART = 500;

  private final FileIO store;
  private final FileNames names;

  /**
   * @param table location of the table, without a slash at the end
   */
  public LogCut(FileIO store, String table) {
    this.store = store;
    this.names = new FileNames(store, table);
  }

  /**
   * What was done.
   *
   * @param files number of files removed
   * @param refusal why nothing was; empty where it was
   * @param possibleFrom when it can be done, where time is all that is in the way
   */
  public record Outcome(int files, Optional<String> refusal, Optional<Instant> possibleFrom) {}

  /** Version of a file of the log; -1 for other files. */
  public static long version(FileInfo file) {
    Matcher matcher = FILE.matcher(file.name());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /**
   * Removes the log of a version and of those before it.
   *
   * @param version below that of the newest checkpoint
   * @param retention for how long the vacuum has to know which files commits have removed
   * @param leastAge age of entries that may go
   */
  public Outcome upTo(long version, Duration retention, Duration leastAge) throws IOException {
    Optional<TableVersion> newest = new TableLog(store, names.table()).latest();
    if (newest.isEmpty()) {
      return new Outcome(0, Optional.empty(), Optional.empty());
    }
    if (newest.get().supports("checkpointProtection")) {
      return new Outcome(
          0,
          Optional.of("the table's feature checkpointProtection forbids to remove its log"),
          Optional.empty());
    }
    List<FileInfo> listed = store.listFrom(names.log() + "/0");
    boolean isCovered =
        listed.stream()
            .anyMatch(
                file -> version(file) > version && file.name().endsWith(".checkpoint.parquet"));
    if (!isCovered) {
      return new Outcome(
          0, Optional.of("there is no later checkpoint of the table"), Optional.empty());
    }
    List<FileInfo> old =
        listed.stream()
            .filter(file -> version(file) >= 0 && version(file) <= version)
            .sorted(Comparator.comparingLong(LogCut::version).thenComparing(FileInfo.BY_NAME))
            .toList();
    long youngest = old.stream().mapToLong(FileInfo::modifiedMillis).max().orElse(0);
    long now = System.currentTimeMillis();
    if (youngest > now - leastAge.toMillis()) {
      return new Outcome(
          0,
          Optional.of("writers may still be about to commit on top of these versions"),
          Optional.of(Instant.ofEpochMilli(youngest).plus(leastAge)));
    }
    new RemovedFiles(store, names).keepSince(now - retention.toMillis());
    for (int from = 0; from < old.size(); from += PART) {
      store.deleteAll(
          old.subList(from, Math.min(from + PART, old.size())).stream()
              .map(FileInfo::location)
              .toList());
    }
    return new Outcome(old.size(), Optional.empty(), Optional.empty());
  }
}
