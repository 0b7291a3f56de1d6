// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import java.util.OptionalLong;

/**
 * The row ids that one commit gives to the files that it adds, in their order. Kernel gives the
 * same ones; they are given here first so that the files in memory have them, too: a file that gets
 * a deletion vector, or is removed, later has to keep its own. For one attempt at a commit.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Row
 *     Tracking, Writer Requirements</a>
 */
public final class RowIds {
  private final long version;
  private OptionalLong highest;

  /**
   * @param version version that the commit becomes
   * @param highest greatest row id given out before; empty for a table without row tracking
   */
  RowIds(long version, OptionalLong highest) {
    this.version = version;
    this.highest = highest;
  }

  /**
   * The file with row ids, which have to be given to all files that the commit adds.
   *
   * @param rows number of rows in it
   */
  public DataFile given(DataFile file, long rows) {
    if (highest.isEmpty() || file.baseRowId().isPresent()) {
      return file;
    }
    long first = highest.getAsLong() + 1;
    highest = OptionalLong.of(highest.getAsLong() + rows);
    return file.with(first, version);
  }
}
