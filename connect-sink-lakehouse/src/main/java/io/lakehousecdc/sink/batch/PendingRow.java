// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;

/** What the events of a batch so far make of one key. Not thread-safe. */
final class PendingRow {
  private final RowKey key;
  private RowSchema schema;
  private Object[] cells;
  private Move move;
  private Position lentAt;
  private ChangeInfo last;
  private RowCount count;
  private Image older;
  private Image lost;

  /**
   * A row as far as the batch knows it.
   *
   * @param cells aligned to {@code schema}; may be null
   * @param move where it comes from, if its key was changed and cells are missing; else null
   */
  record Image(RowSchema schema, Object[] cells, Move move) {
    Object[] alignedTo(RowSchema to) {
      return SchemaUnion.align(cells, schema, to);
    }
  }

  /**
   * Where a row of a changed key comes from.
   *
   * @param from its former key, or its own where a late change lends it values; null where it is
   *     not known whose values it had
   * @param lent its values as far as the batch knows them, where a row stored under the former key
   *     outranks them; else null
   */
  record Move(RowKey from, Image lent) {}

  /**
   * A row that was deleted, whose values its new key may need.
   *
   * @param key its key; null where it is not known which row left
   * @param image values of the row as far as the batch knows them; its cells may be null
   * @param storedFirst whether a row stored before the batch outranks them: it is the one that left
   */
  record Leaving(RowKey key, Image image, boolean storedFirst) {
    /** Nothing is known of the row. */
    static final Leaving UNKNOWN = new Leaving(null, null, true);

    /** Cells of a row that has come from here, completed with what is known for certain. */
    Object[] complete(RowSchema from, Object[] arrived) {
      return storedFirst || image.cells == null ? arrived : merge(image.alignedTo(from), arrived);
    }

    Move move() {
      if (!storedFirst && image.move != null) {
        return image.move;
      }
      boolean lends = storedFirst && image != null && !hasUnchanged(image.cells);
      return new Move(key, lends ? image : null);
    }
  }

  private PendingRow(RowKey key) {
    this.key = key;
  }

  static PendingRow upserted(
      RowSchema schema,
      RowKey key,
      Object[] cells,
      Move move,
      ChangeInfo info,
      TransactionVisibility coverage) {
    PendingRow row = new PendingRow(key);
    row.count = RowCount.first(info.operation(), info.position(), coverage);
    row.write(schema, cells, move, info);
    return row;
  }

  static PendingRow deleted(
      RowSchema schema,
      RowKey key,
      Object[] before,
      ChangeInfo info,
      TransactionVisibility coverage) {
    PendingRow row = new PendingRow(key);
    row.count = RowCount.first(Operation.DELETE, info.position(), coverage);
    row.schema = schema;
    row.last = info;
    row.lose(schema, before);
    return row;
  }

  Position position() {
    return last.position();
  }

  /** Whether this very event was the last one: the source has emitted it again. */
  boolean isRepeatedBy(ChangeInfo info, TransactionVisibility coverage) {
    return coverage != TransactionVisibility.NONE
        && info.operation() == last.operation()
        && (info.operation() == Operation.CREATE || info.operation() == Operation.DELETE)
        && info.position().equals(last.position());
  }

  void upsert(
      RowSchema from,
      Object[] later,
      Move movedFrom,
      ChangeInfo info,
      TransactionVisibility coverage,
      RowSchema union) {
    boolean another =
        info.operation() == Operation.CREATE && coverage != TransactionVisibility.NONE;
    count = count.before(info.operation(), info.position(), coverage, last);
    boolean deleted = count.isKnown() && count.rows() == 0;
    older = another ? (deleted ? null : image()) : older;
    count = count.after(info.operation(), info.position(), coverage);
    if (another || deleted || cells == null) {
      write(from, later, movedFrom, info);
      return;
    }
    RowSchema common = schema == from ? from : union;
    Object[] known = SchemaUnion.align(cells, schema, common);
    Object[] merged = merge(known, SchemaUnion.align(later, from, common));
    write(common, merged, movedFrom != null ? movedFrom : move, info);
  }

  /**
   * @param before values of the deleted row; null where not known
   */
  Leaving delete(RowSchema from, Object[] before, ChangeInfo info, TransactionVisibility coverage) {
    count = count.before(Operation.DELETE, info.position(), coverage, last);
    Leaving leaving = leaving(from, before);
    count = count.after(Operation.DELETE, info.position(), coverage);
    lose(from, before);
    last = info;
    return leaving;
  }

  /** Notes the values of a deleted row, which are not those of a row that may be left. */
  private void lose(RowSchema from, Object[] before) {
    boolean gone = count.isKnown() && count.rows() == 0;
    if (gone && before != null) {
      schema = from;
      cells = before;
    }
    lost = before == null ? null : new Image(from, before, null);
  }

  private Leaving leaving(RowSchema from, Object[] before) {
    if (before != null) {
      return new Leaving(key, new Image(from, before, null), false);
    }
    if (!count.isKnown() && !count.steps().isEmpty() && !count.isOneCreate()) {
      return Leaving.UNKNOWN;
    }
    boolean several = count.isKnown() && count.rows() > 1;
    Image image = several && older != null ? older : image();
    return new Leaving(key, image, count.isOneCreate());
  }

  private Image image() {
    return new Image(schema, cells, move);
  }

  /**
   * An older change that came late may still know values which this newer one left untouched: they
   * count where the row is not stored. A stored row outranks them, because it may stand between the
   * two: so it does where the source emits the end of its log again.
   */
  void lendUnchanged(RowSchema from, Object[] earlier, Position at) {
    boolean needed =
        cells != null && hasUnchanged(cells) && !(count.isKnown() && count.rows() == 0);
    boolean newest = move == null || isLate(move) && !at.isBelow(lentAt);
    if (needed && newest && !hasUnchanged(earlier)) {
      move = new Move(key, new Image(from, earlier, null));
      lentAt = at;
    }
  }

  /** Whether only a late change of the same key lends values. */
  private boolean isLate(Move lender) {
    return key.equals(lender.from);
  }

  /** The change that is left, aligned to {@code union}. */
  RowChange change(RowSchema union) {
    Object[] aligned = SchemaUnion.align(cells, schema, union);
    FormerRow from = origin(union);
    if (count.isKnown()) {
      if (count.rows() == 0) {
        return new Delete(key, aligned, last);
      }
      boolean outlived = last.operation() == Operation.DELETE;
      Operation operation = outlived ? Operation.SURVIVAL : last.operation();
      return new Upsert(
          key, aligned, last.as(count.rows() > 1 ? Operation.TAKEOVER : operation), from);
    }
    if (count.steps().isEmpty()) {
      return new Upsert(key, aligned, last, from);
    }
    if (count.isOneCreate()) {
      return new Upsert(key, aligned, last, from, count.steps().get(0).at());
    }
    Object[] before = lost == null ? aligned : lost.alignedTo(union);
    return new ConditionalChange(key, aligned, before, last, from, count.steps());
  }

  private FormerRow origin(RowSchema union) {
    if (move == null || isLate(move) && !hasUnchanged(cells)) {
      return null;
    }
    return new FormerRow(move.from, move.lent == null ? null : move.lent.alignedTo(union));
  }

  static boolean hasUnchanged(Object[] cells) {
    for (Object cell : cells) {
      if (cell == Cell.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  /** {@code later} with its unknown cells taken from {@code earlier}. */
  static Object[] merge(Object[] earlier, Object[] later) {
    Object[] merged = null;
    for (int i = 0; i < later.length; i++) {
      if (!Cell.isKnown(later[i]) && earlier[i] != Cell.ABSENT) {
        if (merged == null) {
          merged = later.clone();
        }
        merged[i] = earlier[i];
      }
    }
    return merged == null ? later : merged;
  }

  private void write(RowSchema from, Object[] values, Move movedFrom, ChangeInfo info) {
    schema = from;
    cells = values;
    move = movedFrom;
    last = info;
  }
}
