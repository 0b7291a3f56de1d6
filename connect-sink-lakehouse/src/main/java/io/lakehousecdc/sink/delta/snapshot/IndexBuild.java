// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.storage.Parallel;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The build of a key index from the files of a table, several at a time. */
final class IndexBuild {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBuild.class);

  /** Part of an index that it may grow by without room made beforehand, which moves all of it. */
  private static final int FEW = 8;

  private IndexBuild() {}

  /**
   * Points every key of the files to its row.
   *
   * @param keys an index that lacks the keys of the files; closed where this fails, because an
   *     index that lacks keys would have their rows doubled
   * @param isLive whether a place that the index has for a key is one of a row of the table
   * @param table location of the table, for the log
   * @return the same index, complete
   */
  static KeyMap filled(
      KeyMap keys,
      Collection<LiveFile> files,
      LongPredicate isLive,
      RowFiles rowFiles,
      String table)
      throws IOException {
    boolean complete = false;
    try {
      if (!files.isEmpty()) {
        fill(keys, files, isLive, rowFiles, table);
      }
      complete = true;
      return keys;
    } finally {
      if (!complete) {
        keys.close();
      }
    }
  }

  private static void fill(
      KeyMap keys,
      Collection<LiveFile> files,
      LongPredicate isLive,
      RowFiles rowFiles,
      String table)
      throws IOException {
    long start = System.nanoTime();
    // Numbers are given out before the threads start: only keys are put by several at once.
    files.forEach(keys::number);
    long rows = files.stream().mapToLong(keys::most).sum();
    if (rows > keys.entries() / FEW) {
      keys.reserve(keys.entries() + rows);
    }
    List<Long> shared =
        Parallel.map(
            files,
            rowFiles.concurrency(),
            file -> {
              try (ReaderMemory.Share memory = ReaderMemory.WORKER.take(file.file().size())) {
                return keys.add(file, rowFiles, isLive);
              }
            });
    shared.forEach(keys::foundSharedKeys);
    LOG.info(
        "{}: indexed {} keys of {} files in {} ms, {} bytes off the heap",
        table,
        keys.entries(),
        files.size(),
        (System.nanoTime() - start) / 1_000_000,
        keys.size().bytes());
    warnOfRowsWithoutKey(keys, table);
  }

  private static void warnOfRowsWithoutKey(KeyMap keys, String table) {
    if (keys.withoutKey() > 0) {
      LOG.warn(
          "{}: {} rows, written by other programs, have NULL in a key column. The sink leaves them"
              + " as they are.",
          table,
          keys.withoutKey());
    }
  }
}
