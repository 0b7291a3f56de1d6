// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;

/** Collects the changes of one table between two commits. Not thread-safe. */
public interface BatchBuilder {

  /** Whether rows of {@code incoming} can join the batch; otherwise it has to be cut first. */
  boolean accepts(RowSchema incoming);

  /**
   * A row was created, read or updated.
   *
   * @param cells aligned to {@code from}; not modified later
   * @param visibility what the batch has seen of the event's transaction
   */
  void upsert(
      RowSchema from,
      RowKey key,
      Object[] cells,
      ChangeInfo info,
      TransactionVisibility visibility);

  /**
   * A row was deleted.
   *
   * @param before last values, aligned to {@code from}; null where not known
   * @param visibility what the batch has seen of the event's transaction
   */
  void delete(
      RowSchema from,
      RowKey key,
      Object[] before,
      ChangeInfo info,
      TransactionVisibility visibility);

  /**
   * A row was deleted under its key, but deletes are ignored: only its values may be needed, by the
   * row that it became under another key.
   *
   * @param before last values, aligned to {@code from}; null where not known
   */
  void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info);

  /** The table was emptied of the rows that the floor covers. */
  void truncate(Floor floor);

  /** A snapshot of the table has completed. */
  void sweep(Sweep completed);

  /** Changes dropped so far, because of others in the batch. */
  Skips skips();

  /** The batch collected so far. */
  TableBatch build();
}
