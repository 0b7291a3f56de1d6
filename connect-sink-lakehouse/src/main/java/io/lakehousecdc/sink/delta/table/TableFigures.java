// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.index.IndexSize;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was seen of a table after its commits; readable from any thread. */
public final class TableFigures {
  private static final Logger LOG = LoggerFactory.getLogger(TableFigures.class);

  private final TableId id;
  private volatile long rowsWithoutKey;
  private volatile long rowsWithSharedKey;
  private volatile IndexSize indexSize = IndexSize.NONE;
  private volatile double bytesPerRow;

  TableFigures(TableId id) {
    this.id = id;
  }

  /** Looks at a version; called under the table's lock. */
  void see(TableState state) {
    rowsWithoutKey = state.rowsWithoutKey();
    indexSize = state.indexSize();
    long bytes = 0;
    long rows = 0;
    for (LiveFile file : state.files()) {
      bytes += file.file().size();
      rows += file.rows();
    }
    bytesPerRow = (double) bytes / Math.max(1, rows);
    boolean isNews = rowsWithSharedKey == 0 && state.rowsWithSharedKey() > 0;
    rowsWithSharedKey = Math.max(rowsWithSharedKey, state.rowsWithSharedKey());
    if (isNews) {
      LOG.warn(
          "Table {}: {} rows have a key that another row has, too; another program wrote them. The"
              + " sink keeps one row of each key up to date and leaves the others as they are."
              + " Find them with GROUP BY over the key columns and HAVING count(*) > 1, and delete"
              + " all rows of such a key but the newest (by the columns of the position).",
          id,
          rowsWithSharedKey);
    }
  }

  /** Number of rows with a NULL in their key, which others have written, as last seen. */
  public long rowsWithoutKey() {
    return rowsWithoutKey;
  }

  /** Greatest number of rows seen with a key that another row has, which others have written. */
  public long rowsWithSharedKey() {
    return rowsWithSharedKey;
  }

  /** Bytes that a row takes in the table's data files on average; 0 where there are none. */
  public double bytesPerRow() {
    return bytesPerRow;
  }

  /** Size of the key index after the last commit. */
  public IndexSize indexSize() {
    return indexSize;
  }
}
