// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes of a batch whose keys several rows of the source may share, which a deferrable key
 * allows until the transaction ends. What such a change does depends on the stored row: this class
 * makes an upsert or a delete of it, or nothing, so that no other step of a plan has to know. A
 * batch without such changes passes as it is.
 *
 * <p>For one batch; not thread-safe.
 */
final class SharedKeys {
  private final StoredRowStates states;
  private final int width;
  private boolean concerned;

  /**
   * @param width number of columns of the batch
   */
  SharedKeys(StoredRowStates states, int width) {
    this.states = states;
    this.width = width;
  }

  /** Asks for the stored rows that {@link #plain} has to know of a change. */
  void ask(Located located) {
    RowChange change = located.change();
    StoredRow own = located.own();
    if (change instanceof ConditionalChange conditional) {
      concerned = true;
      if (own != null) {
        states.wantUnlessOlder(own, conditional.steps().get(0).at());
      }
    } else if (own != null && change instanceof Upsert upsert && upsert.createdAt() != null) {
      concerned = true;
      states.wantUnlessOlder(own, upsert.createdAt());
    } else if (own != null
        && change instanceof Delete
        && !own.file().bounds().allBelow(located.position())) {
      concerned = true;
      states.want(own);
    }
    if (located.former() != null) {
      concerned = true;
      states.wantUnlessOlder(located.former(), located.position());
    }
  }

  /**
   * The same changes as upserts and deletes that say by themselves what is left of their keys.
   * Deletes of a row that is known to have outlived them are left out.
   *
   * @param skips told of those that are left out
   */
  List<Located> plain(List<Located> changes, SkipCounter skips) {
    if (!concerned) {
      return changes;
    }
    List<Located> plain = new ArrayList<>(changes.size());
    for (Located located : changes) {
      StoredRowState own = states.of(located.own());
      if (located.change() instanceof Delete delete && delete.spares(own)) {
        skips.skip(SkipReason.SUPERSEDED, delete.key(), located.position(), own.position());
      } else {
        Located one = located.as(plain(located.change(), own));
        plain.add(isReplaced(one.former(), one.position()) ? one.withoutFormer() : one);
      }
    }
    return plain;
  }

  private RowChange plain(RowChange change, StoredRowState own) {
    if (change instanceof ConditionalChange conditional) {
      return conditional.settle(own, width);
    }
    return change instanceof Upsert upsert ? upsert.over(own) : change;
  }

  /**
   * Whether the row under the former key is no longer the one that left it: another has taken the
   * key over in the same transaction, and has no values to lend.
   */
  private boolean isReplaced(StoredRow former, Position position) {
    StoredRowState stored = states.of(former);
    return stored.isTakeover()
        && stored.position() != null
        && stored.position().isOfSameTransaction(position);
  }
}
