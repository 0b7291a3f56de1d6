// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The rows of a table in the target: those that stand for rows of the source, so neither softly
 * deleted ones nor versions that have ended. Each call sees the table as it is at one moment. For
 * one thread.
 */
interface TargetRows {
  /** More rows that change while a table is read are not told apart. */
  int MOST_MOVED = 200_000;

  /**
   * Adds up the rows, but for those that were changed at the source since a moment.
   *
   * @param buckets empty; gets the rows
   * @param since microseconds since 1970
   * @return keys of the rows that were left out; where they would be more than {@link #MOST_MOVED},
   *     none is
   */
  List<Key> sum(Buckets buckets, long since, TableProgress progress) throws Exception;

  /**
   * Hashes of the rows of some buckets, by key.
   *
   * @param count number of all buckets
   */
  Map<Key, Long> list(BitSet buckets, int count) throws Exception;

  /** The rows of some keys. */
  Map<Key, Look> look(Collection<Key> keys) throws Exception;

  /** How far the changes of the source are in the table. */
  Applied applied() throws Exception;
}
