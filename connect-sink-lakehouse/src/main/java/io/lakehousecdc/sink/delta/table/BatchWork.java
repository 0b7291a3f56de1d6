// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.write.BatchFiles;
import io.lakehousecdc.sink.delta.write.CommitClock;
import io.lakehousecdc.sink.delta.write.CommitTimes;
import io.lakehousecdc.sink.delta.write.StoredCells;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the attempts to commit a batch leave to each other: files of its rows, stored rows that were
 * read, and the clock. Closing it deletes the files that no commit names. Not thread-safe.
 */
final class BatchWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchWork.class);

  private final FileIO store;
  private final BatchFiles files;
  private final StoredCells cells = new StoredCells();
  private final CommitClock clock;

  /**
   * @param table location of the table
   * @param times what the phases of the commit are added to
   */
  BatchWork(FileIO store, RowFiles rowFiles, String table, CommitTimes times) {
    this.store = store;
    this.files = new BatchFiles(store, rowFiles, table);
    this.clock = new CommitClock(times);
  }

  BatchFiles files() {
    return files;
  }

  StoredCells cells() {
    return cells;
  }

  CommitClock clock() {
    return clock;
  }

  /** Deletes files that no commit names, as far as the store can. */
  static void delete(FileIO store, List<String> locations) {
    if (locations.isEmpty()) {
      return;
    }
    try {
      store.deleteAll(locations);
    } catch (IOException e) {
      LOG.warn(
          "Cannot delete all of {}, which no commit names; the vacuum will: {}",
          locations,
          e.toString());
    }
  }

  @Override
  public void close() {
    files.close();
    delete(store, files.abandoned());
  }
}
