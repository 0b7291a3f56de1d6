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
    if (known == null) {
      latest.put(partition, new Latest(position));
      return TransactionVisibility.CONTINUED;
    }
    if (known.position.isOfSameTransaction(position)) {
      return known.visibility;
    }
    if (known.position.isBelow(position)) {
      known.position = position;
      known.visibility = TransactionVisibility.FROM_START;
      return TransactionVisibility.FROM_START;
    }
    return TransactionVisibility.CONTINUED;
  }

  /** The greatest transaction of a partition so far, by its first event. */
  private static final class Latest {
    private Position position;
    private TransactionVisibility visibility = TransactionVisibility.CONTINUED;

    private Latest(Position first) {
      this.position = first;
    }
  }
}
