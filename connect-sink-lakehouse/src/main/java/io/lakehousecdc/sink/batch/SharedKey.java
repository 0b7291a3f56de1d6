// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;

/**
 * A key that several rows of the source may have: a deferrable constraint is checked when the
 * transaction ends. A delete may then take another row than the last one created, so that the last
 * event of the key does not tell what is left, and creates and deletes are counted instead:
 *
 * <ul>
 *   <li>Between transactions one row has the key, or none. An update or delete with which a
 *       transaction begins proves that there was one; a create proves nothing.
 *   <li>Within a transaction a create adds a row, and a delete takes one, of several the oldest.
 *   <li>Where the batch does not tell how many rows there were, creates and deletes are kept as
 *       {@link Step}s on top of what the target has stored.
 *   <li>Events whose transaction is not known, and rows of a snapshot, are not counted: the last of
 *       them tells what is left.
 * </ul>
 *
 * The number of rows is known in {@link Several}, and relative to what is stored in the other
 * states. When the transaction has ended, or no row is left, the key has a {@link SoleRow} again.
 * docs/DELIVERY.md has examples.
 */
sealed interface SharedKey extends RowState {

  /** What the first event of a key in a batch finds. */
  static RowState beforeFirst(ChangeInfo first, TransactionVisibility visibility) {
    boolean proven =
        visibility == TransactionVisibility.FROM_START && isUpdateOrDelete(first.operation());
    return proven ? SoleRow.LIVE : Uncounted.INSTANCE;
  }

  /** What a create leaves that finds a live row under its key. */
  static SharedKey takenOver(RowImage older) {
    return new Several(2, older);
  }

  /**
   * Whether {@code next} begins a transaction, as far as the key is concerned, and proves that
   * there was a row.
   */
  static boolean provesRow(ChangeInfo next, TransactionVisibility visibility, ChangeInfo last) {
    return isUpdateOrDelete(next.operation()) && isAfterTransaction(next, visibility, last);
  }

  /** Whether the event is a create that counts. */
  static boolean addsRow(ChangeInfo info, TransactionVisibility visibility) {
    return info.operation() == Operation.CREATE && visibility != TransactionVisibility.NONE;
  }

  /** Whether the event is an update that counts: it neither adds a row nor proves one. */
  static boolean leavesCount(ChangeInfo info, TransactionVisibility visibility) {
    return info.operation() == Operation.UPDATE && visibility != TransactionVisibility.NONE;
  }

  /**
   * Whether {@code info} is the last event itself, which the source has emitted again: it must not
   * be counted twice.
   */
  static boolean isRepeated(ChangeInfo info, TransactionVisibility visibility, ChangeInfo last) {
    return visibility != TransactionVisibility.NONE
        && info.operation() == last.operation()
        && (info.operation() == Operation.CREATE || info.operation() == Operation.DELETE)
        && info.position().equals(last.position());
  }

  private static boolean isUpdateOrDelete(Operation operation) {
    return operation == Operation.UPDATE || operation == Operation.DELETE;
  }

  private static boolean isAfterTransaction(
      ChangeInfo next, TransactionVisibility visibility, ChangeInfo last) {
    return visibility != TransactionVisibility.NONE
        && !next.position().isOfSameTransaction(last.position());
  }

  /**
   * After a create that counts.
   *
   * @param other the row that had the key until then; null where none is known
   */
  SharedKey plusOne(Position at, RowImage other);

  /**
   * After a delete that counts.
   *
   * @param before last values of the row that it takes; null where not known
   */
  RowState minusOne(Position at, RowImage before);

  @Override
  default RowState before(ChangeInfo next, TransactionVisibility visibility, ChangeInfo last) {
    if (!isAfterTransaction(next, visibility, last)) {
      return this;
    }
    return isUpdateOrDelete(next.operation()) ? SoleRow.LIVE : atEnd(last);
  }

  @Override
  default boolean isDeleted() {
    return false;
  }

  @Override
  default boolean mayBeGone() {
    return false;
  }

  @Override
  default boolean merges(ChangeInfo upsert, TransactionVisibility visibility) {
    return !addsRow(upsert, visibility);
  }

  @Override
  default RowState upserted(ChangeInfo upsert, TransactionVisibility visibility, RowImage other) {
    if (addsRow(upsert, visibility)) {
      return plusOne(upsert.position(), other);
    }
    return leavesCount(upsert, visibility) ? this : SoleRow.LIVE;
  }

  @Override
  default RowState deleted(ChangeInfo delete, TransactionVisibility visibility, RowImage before) {
    return visibility == TransactionVisibility.NONE
        ? SoleRow.DELETED
        : minusOne(delete.position(), before);
  }

  /** No create or delete so far: whether one row has the key or another shares it is not known. */
  enum Uncounted implements SharedKey {
    INSTANCE;

    @Override
    public RowState atEnd(ChangeInfo last) {
      return SoleRow.LIVE;
    }

    @Override
    public SharedKey plusOne(Position at, RowImage other) {
      return new Created(at);
    }

    @Override
    public SharedKey minusOne(Position at, RowImage before) {
      return new Unresolved(Steps.of(new Step(at, -1)), before);
    }

    @Override
    public DepartedRow departing(RowKey key, RowImage latest) {
      return DepartedRow.known(key, latest);
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      return new Upsert(key, cells, last, formerRow);
    }
  }

  /**
   * One create so far: the row is live, and whether another row has the key is for the target to
   * tell.
   *
   * @param at position of the create
   */
  record Created(Position at) implements SharedKey {
    @Override
    public RowState atEnd(ChangeInfo last) {
      return SoleRow.LIVE;
    }

    @Override
    public SharedKey plusOne(Position next, RowImage other) {
      return new Unresolved(Steps.of(new Step(at, 1), new Step(next, 1)), null);
    }

    @Override
    public SharedKey minusOne(Position next, RowImage before) {
      return new Unresolved(Steps.of(new Step(at, 1), new Step(next, -1)), before);
    }

    @Override
    public DepartedRow departing(RowKey key, RowImage latest) {
      return DepartedRow.passed(key, latest, Steps.of(new Step(at, 1)));
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      return new Upsert(key, cells, last, formerRow, at);
    }
  }

  /**
   * A known number of rows: at least one.
   *
   * @param rows 1 where a delete has left the row that was created last
   * @param older the row before the one that was created last
   */
  record Several(int rows, RowImage older) implements SharedKey {
    @Override
    public RowState atEnd(ChangeInfo last) {
      return SoleRow.LIVE;
    }

    @Override
    public SharedKey plusOne(Position at, RowImage other) {
      return new Several(rows + 1, other);
    }

    @Override
    public RowState minusOne(Position at, RowImage before) {
      return rows == 1 ? SoleRow.DELETED : new Several(rows - 1, older);
    }

    @Override
    public DepartedRow departing(RowKey key, RowImage latest) {
      return DepartedRow.known(key, rows > 1 ? older : latest);
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      boolean outlived = last.operation() == Operation.DELETE;
      Operation operation = outlived ? Operation.SURVIVAL : last.operation();
      return new Upsert(key, cells, last.as(rows > 1 ? Operation.TAKEOVER : operation), formerRow);
    }
  }

  /**
   * Creates and deletes of which only the target can tell what is left.
   *
   * @param steps in order
   * @param before last values of the row that the last delete took; null where not known
   */
  record Unresolved(Steps steps, RowImage before) implements SharedKey {
    @Override
    public boolean mayBeGone() {
      return true;
    }

    /** A row that was written last is there; whether one outlived a delete is still open. */
    @Override
    public RowState atEnd(ChangeInfo last) {
      return last.operation() == Operation.DELETE ? this : SoleRow.LIVE;
    }

    @Override
    public SharedKey plusOne(Position at, RowImage other) {
      return new Unresolved(steps.plus(new Step(at, 1)), before);
    }

    @Override
    public SharedKey minusOne(Position at, RowImage lost) {
      return new Unresolved(steps.plus(new Step(at, -1)), lost);
    }

    @Override
    public List<Step> openSteps() {
      return steps;
    }

    /** The row that was written last, if no other has the key. */
    @Override
    public DepartedRow departing(RowKey key, RowImage latest) {
      boolean writes = steps.stream().anyMatch(step -> step.rows() > 0);
      return writes ? DepartedRow.passed(key, latest, steps) : DepartedRow.UNKNOWN;
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      Object[] deleted = before == null ? cells : before.alignedTo(union);
      return new ConditionalChange(key, cells, deleted, last, formerRow, steps);
    }
  }
}
