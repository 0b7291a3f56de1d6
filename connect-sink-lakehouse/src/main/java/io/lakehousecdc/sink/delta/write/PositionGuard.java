// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import java.util.ArrayList;
import java.util.List;

/**
 * The guard of positions: lets a change pass where the stored row is not newer, and finds the
 * stored row that lends values to it. For one batch; not thread-safe.
 */
final class PositionGuard {
  private final StoredRowStates states;

  PositionGuard(StoredRowStates states) {
    this.states = states;
  }

  /** Asks for the stored rows of a change whose files do not tell enough by their statistics. */
  void ask(Located located) {
    Position position = located.position();
    if (located.own() != null) {
      PositionBounds bounds = located.own().file().bounds();
      // A move has to know, too, whether it was applied before.
      boolean decided =
          located.isMove() ? bounds.allBelow(position) : bounds.allAtOrBelow(position);
      if (!decided) {
        states.want(located.own());
      }
    }
    if (located.former() != null) {
      FormerRow former = located.change().formerRow();
      switch (former.cause()) {
        case CHANGED_KEY -> states.wantUnlessOlder(located.former(), former.at());
        case LATE_CHANGE -> states.want(located.former());
      }
    }
  }

  /**
   * The changes that take effect, in order.
   *
   * @param skips told of those that do not
   */
  List<Resolved> resolve(List<Located> changes, SkipCounter skips) {
    List<Resolved> resolved = new ArrayList<>(changes.size());
    for (Located located : changes) {
      StoredRowState own = states.of(located.own());
      if (isNewer(own, located.position())) {
        skips.outranked(located.change().key(), located.position(), own.position());
        continue;
      }
      Resolved change = new Resolved(located, lender(located));
      if (change.isSuperseded()) {
        skips.skip(SkipReason.NO_ROW, located.change().key(), located.position(), null);
      } else {
        resolved.add(change);
      }
    }
    return resolved;
  }

  private StoredRow lender(Located located) {
    if (!located.isMove() || located.position().equals(states.of(located.own()).position())) {
      return located.own();
    }
    boolean lends =
        located.change().formerRow().isLentBy(states.of(located.former()), located.position());
    return lends ? located.former() : null;
  }

  private static boolean isNewer(StoredRowState stored, Position position) {
    return stored.position() != null && position.isBelow(stored.position());
  }
}
