// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;

/** Changes of the table of {@link History}, each a transaction of its own. */
final class ItemChanges {
  private ItemChanges() {}

  /** The creation of the row {@code id}, as a pipeline is offered it. */
  static OfferedRecord created(SourcePartition partition, long offset, int id, long lsn) {
    return new OfferedRecord.Change(
        new RecordOffset(partition, offset), created(id, lsn), 100, 0, null);
  }

  /** The creation of the same row. */
  static RowEvent created(int id, long lsn) {
    return new RowEvent(
        History.TABLE,
        History.SCHEMA,
        Operation.CREATE,
        RowKey.of(id),
        new Object[] {id, "name", "body"},
        null,
        streamed(lsn));
  }

  /** The deletion of the row {@code id}. */
  static RowEvent deleted(int id, long lsn) {
    return new RowEvent(
        History.TABLE, History.SCHEMA, Operation.DELETE, RowKey.of(id), null, null, streamed(lsn));
  }

  /** A tombstone, which says nothing of its source or place. */
  static TombstoneEvent tombstone(int id) {
    return new TombstoneEvent(History.TABLE, History.SCHEMA, RowKey.of(id), SourcePosition.UNKNOWN);
  }

  /** A place in the stream; with a greater {@code lsn} it is above and was committed later. */
  static SourcePosition streamed(long lsn) {
    return new SourcePosition(History.SOURCE, lsn, lsn + 1, Snapshot.NO, 1_000 + lsn);
  }
}
