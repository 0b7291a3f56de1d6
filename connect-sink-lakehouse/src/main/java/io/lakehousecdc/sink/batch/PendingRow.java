// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Lifetime;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;
import java.util.Optional;

/**
 * What the events of a batch so far make of one key: the values of the row and its state. Not
 * thread-safe.
 */
final class PendingRow {
  private final RowKey key;
  private RowSchema schema;
  private Object[] cells;
  private Lender lender;

  /** Where the row has come from another key by a change that came again: its position. */
  private Position cameAgain;

  private RowState state;
  private ChangeInfo last;
  private long firstMicros;
  private boolean reborn;
  private long rebornMicros;

  /** Before the first event: nothing but the key is known. */
  PendingRow(RowKey key) {
    this.key = key;
  }

  /** Whether there was an event. */
  boolean isBegun() {
    return last != null;
  }

  /** Whether its transaction leaves a row whose values are known, all or in part. */
  boolean isLive() {
    return cells != null && !atEnd().mayBeGone();
  }

  /** Whether its transaction leaves no row. */
  boolean isDeleted() {
    return atEnd().isDeleted();
  }

  /** Creates and deletes of which only the target can tell what its transaction leaves. */
  List<Step> openSteps() {
    return atEnd().openSteps();
  }

  /** The last event. */
  ChangeInfo last() {
    return last;
  }

  /** Position of the last event. */
  Position position() {
    return last.position();
  }

  /** Commit time of the last event, microseconds since the epoch; 0 where not known. */
  long commitMicros() {
    return last.commitMicros();
  }

  /** The row as its transaction leaves it, for one under another key that it becomes later. */
  DepartedRow left() {
    return departing(atEnd());
  }

  /** Of a key that is used later, the row which its transaction must have left. */
  Optional<DepartedRow> survivor() {
    boolean writes = openSteps().stream().anyMatch(step -> step.rows() > 0);
    return writes && cells != null ? Optional.of(departing(SoleRow.LIVE)) : Optional.empty();
  }

  /**
   * A row that has come again from another key may be stored here already, and its values are gone
   * there: what is stored tells.
   */
  private DepartedRow departing(RowState from) {
    DepartedRow row = from.departing(key, image());
    boolean isLatest = row.image() != null && row.image().lender() == lender;
    return cameAgain == null || row.isPassed() || !isLatest
        ? row
        : DepartedRow.passed(key, row.image(), anew(cameAgain));
  }

  private RowState atEnd() {
    return state.atEnd(last);
  }

  /** Whether the batch has the event already, or a newer one of the key. */
  boolean outdates(ChangeInfo info, TransactionVisibility visibility) {
    return info.position().isBelow(last.position()) || SharedKey.isRepeated(info, visibility, last);
  }

  /**
   * The row was created, read or updated.
   *
   * @param later values or marks, aligned to {@code from}
   * @param arrivedFrom who lends unchanged cells, where the row has come from another key; else
   *     null
   * @param union schema of the batch
   */
  void upsert(
      RowSchema from,
      Object[] later,
      Lender arrivedFrom,
      ChangeInfo info,
      TransactionVisibility visibility,
      RowSchema union) {
    RowState found = before(info, visibility);
    seen(info);
    if (cells != null && found.merges(info, visibility)) {
      state = found.upserted(info, visibility, null);
      merge(from, later, union);
      lender = arrivedFrom != null ? arrivedFrom : lender;
    } else {
      RowImage other = cells == null || found.isDeleted() ? null : image();
      state = found.upserted(info, visibility, other);
      schema = from;
      cells = later;
      lender = arrivedFrom;
      boolean again = lender != null && info.delivery() == Delivery.AGAIN;
      cameAgain = again ? info.position() : null;
    }
    last = info;
  }

  /**
   * The row was deleted.
   *
   * @param before last values, aligned to {@code from}; null where not known
   * @return the row that the delete took
   */
  DepartedRow delete(
      RowSchema from, Object[] before, ChangeInfo info, TransactionVisibility visibility) {
    RowState found = before(info, visibility);
    DepartedRow departed;
    if (before == null) {
      departed = departing(found);
      state = found.deleted(info, visibility, null);
    } else {
      RowImage image = new RowImage(from, before, null);
      departed = DepartedRow.known(key, image);
      state = found.deleted(info, visibility, image);
      if (state.isDeleted()) {
        schema = from;
        cells = before;
      }
    }
    firstMicros = Lifetime.earlier(firstMicros, info.commitMicros());
    if (state.mayBeGone()) {
      reborn = true;
      rebornMicros = 0;
    }
    last = info;
    return departed;
  }

  /**
   * Notes the time of an upsert. After a delete it is of another row, unless it is an update that
   * proves that of several rows one has outlived the delete.
   */
  private void seen(ChangeInfo info) {
    boolean outlived =
        reborn
            && last.operation() == Operation.DELETE
            && info.operation() == Operation.UPDATE
            && !state.isDeleted();
    firstMicros = Lifetime.earlier(firstMicros, info.commitMicros());
    reborn &= !outlived;
    rebornMicros = Lifetime.earlier(rebornMicros, info.commitMicros());
  }

  /**
   * Takes note of an older change that came late: it may know values that are unchanged since. A
   * repetition of the last event lends nothing.
   */
  void lendUnchanged(RowSchema from, Object[] earlier, Position at) {
    boolean needed = cells != null && CellMerge.hasUnchanged(cells) && !state.isDeleted();
    if (needed && at.isBelow(last.position())) {
      lender = Lender.orLate(lender, key, new RowImage(from, earlier, null), at);
    }
  }

  /** The change that is left, aligned to {@code union}. */
  RowChange change(RowSchema union) {
    Object[] aligned = SchemaUnion.align(cells, schema, union);
    return state.change(key, aligned, merged(), formerRow(union), union);
  }

  private ChangeInfo merged() {
    return reborn || firstMicros != last.commitMicros()
        ? last.with(new Lifetime(firstMicros, reborn, rebornMicros))
        : last;
  }

  private RowState before(ChangeInfo next, TransactionVisibility visibility) {
    return last == null
        ? SharedKey.beforeFirst(next, visibility)
        : state.before(next, visibility, last);
  }

  private void merge(RowSchema from, Object[] later, RowSchema union) {
    RowSchema common = schema == from ? from : union;
    Object[] known = SchemaUnion.align(cells, schema, common);
    cells = CellMerge.merge(known, SchemaUnion.align(later, from, common));
    schema = common;
  }

  private RowImage image() {
    return new RowImage(schema, cells, lender);
  }

  private FormerRow formerRow(RowSchema union) {
    if (lender == null || lender.isOwn(key) && !CellMerge.hasUnchanged(cells)) {
      return null;
    }
    boolean mayBeStored = cameAgain != null && CellMerge.hasUnchanged(cells);
    return (mayBeStored ? Lender.passed(key, image(), position(), anew(cameAgain)) : lender)
        .formerRow(union);
  }

  /** Steps that leave one row of a key, which has come at a position. */
  private static Steps anew(Position at) {
    return Steps.of(new Step(at, -1), new Step(at, 1));
  }
}
