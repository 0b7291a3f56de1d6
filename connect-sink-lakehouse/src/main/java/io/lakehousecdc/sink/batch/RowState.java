// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;

/**
 * What the events of a batch so far leave of one key: a {@link SoleRow}, live or deleted, or a
 * {@link SharedKey} where several rows may have the key or only the target can tell. Immutable.
 */
sealed interface RowState permits SoleRow, SharedKey {

  /**
   * The state that the next event of the key finds.
   *
   * @param last the event before it
   */
  RowState before(ChangeInfo next, TransactionVisibility visibility, ChangeInfo last);

  /**
   * The state when the transaction of the last event has ended.
   *
   * @param last the last event
   */
  RowState atEnd(ChangeInfo last);

  /** Creates and deletes of which only the target can tell what they leave; else none. */
  default List<Step> openSteps() {
    return List.of();
  }

  /** Whether no row is left. */
  boolean isDeleted();

  /** Whether it may be that no row is left: the target has to tell where it is not certain. */
  boolean mayBeGone();

  /**
   * Whether an upsert that finds this state changes the row whose values are known, rather than
   * write another one.
   */
  boolean merges(ChangeInfo upsert, TransactionVisibility visibility);

  /**
   * The state after an upsert that has found this one.
   *
   * @param other the row that has had the key until then, where the upsert writes another one; null
   *     where there is none
   */
  RowState upserted(ChangeInfo upsert, TransactionVisibility visibility, RowImage other);

  /**
   * The state after a delete that has found this one.
   *
   * @param before last values of the row that it takes; null where not known
   */
  RowState deleted(ChangeInfo delete, TransactionVisibility visibility, RowImage before);

  /**
   * The row that a delete takes which has found this state and does not tell its values.
   *
   * @param latest values of the row that was written last; its cells may be null
   */
  DepartedRow departing(RowKey key, RowImage latest);

  /**
   * The change that is left for the target.
   *
   * @param cells values of the row that was written or deleted last, aligned to {@code union}; may
   *     be null where it is not live
   * @param last the last event of the key
   * @param formerRow where unchanged cells come from; may be null
   */
  RowChange change(
      RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union);
}
