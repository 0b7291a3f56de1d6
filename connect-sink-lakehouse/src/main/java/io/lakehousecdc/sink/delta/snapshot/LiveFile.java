// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.kernel.DataFile;
import org.roaringbitmap.RoaringBitmap;

/**
 * An active data file.
 *
 * @param file file as the log describes it
 * @param location where it lies
 * @param rows number of rows in it, deleted ones included
 * @param deleted indexes of deleted rows; never modified
 * @param bounds what is known of its rows' positions
 */
public record LiveFile(
    DataFile file, String location, int rows, RoaringBitmap deleted, PositionBounds bounds) {

  /** Number of rows that the table shows. */
  public long liveRows() {
    return rows - deleted.getLongCardinality();
  }

  /** Path in the log, by which the table knows the file. */
  public String path() {
    return file.path();
  }

  /** Indexes of the rows that the table shows; a new set. */
  public RoaringBitmap live() {
    RoaringBitmap live = new RoaringBitmap();
    live.add(0L, rows);
    live.andNot(deleted);
    return live;
  }

  /** The same file after some of its rows were deleted. */
  public LiveFile with(DataFile changed, RoaringBitmap nowDeleted) {
    return new LiveFile(changed, location, rows, nowDeleted, bounds);
  }
}
