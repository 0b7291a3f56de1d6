// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.Map;

/**
 * The transactions of which a batch has seen events. It has them from the first on where another
 * transaction of the same partition came before in the batch. Not thread-safe.
 */
final class VisibleTransactions {
  private final Map<SourcePartition, Latest> latest = new HashMap<>();

  /** What the batch has seen of the transaction of its next entry. */
  TransactionVisibility add(Entry entry) {
    SourcePosition sourcePosition = entry.event().sourcePosition();
    if (sourcePosition.lsn() == SourcePosition.NONE || sourcePosition.snapshot() != Snapshot.NO) {
      return TransactionVisibility.NONE;
    }
    Position position = entry.position();
    SourcePartition partition = entry.at().partition();
    Latest known = latest.get(partition);
    boolean begins =
        known == null
            || known.position.isBelow(position) && !known.position.isOfSameTransaction(position);
    if (begins) {
      TransactionVisibility visibility =
          known == null ? TransactionVisibility.CONTINUED : TransactionVisibility.FROM_START;
      latest.put(partition, new Latest(position, visibility));
      return visibility;
    }
    boolean goesOn = known.position.isOfSameTransaction(position);
    return goesOn ? known.visibility : TransactionVisibility.CONTINUED;
  }

  /**
   * The greatest transaction so far.
   *
   * @param position of its first event
   */
  private record Latest(Position position, TransactionVisibility visibility) {}
}
