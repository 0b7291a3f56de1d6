// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import java.util.List;

/**
 * What a target has stored of the keys of a batch. Changes are named by their numbers in the batch.
 */
public interface StoredVersions {

  /**
   * Versions of a key in order: from the second one before the first of its changes on, without
   * gaps; all of them will do, too.
   */
  List<Version> of(RowKey key);

  /**
   * Whether a change leaves the row as a version has it, by the columns that make versions. What
   * the change does not know is as it was.
   *
   * @param stored the last version that was opened before the change
   */
  boolean isSame(int number, Version stored);

  /** Whether a row is stored that lends its values to one that has changed its key. */
  boolean lends(int number, FormerRow former);
}
