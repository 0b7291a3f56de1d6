// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.BacklogBatches;

/**
 * Batches of a backlog that make a data file which compaction leaves alone. How many rows that
 * takes is known from the files that a table has; so the first batch of a new table is of the usual
 * size. Thread-safe.
 */
final class FullFiles implements BacklogBatches {
  /** A little below the size that files grow to, because rows differ. */
  private static final double FULL = 0.9;

  private final OpenTables tables;
  private final long fileBytes;
  private final BacklogMemory.Share memory;

  /**
   * @param fileBytes size that files grow to
   */
  FullFiles(OpenTables tables, long fileBytes, BacklogMemory.Share memory) {
    this.tables = tables;
    this.fileBytes = fileBytes;
    this.memory = memory;
  }

  @Override
  public long changes(TableId table) {
    double row = tables.find(table).map(open -> open.figures().bytesPerRow()).orElse(0.0);
    return row == 0 ? 0 : (long) (FULL * fileBytes / row);
  }

  @Override
  public long memoryBytes() {
    return memory.bytes();
  }
}
