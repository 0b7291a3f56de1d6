// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.codec.UnfitValueException;
import io.lakehousecdc.sink.postgres.sql.ColumnValues;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.spi.FirstSeen;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** The encoder of a batch's rows for COPY. For one batch; not thread-safe. */
final class RowEncoder {
  /** Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
  private static final long EPOCH_MICROS = 946_684_800_000_000L;

  /** What aligning a field, and its bit in the map of NULLs, may take beyond its encoded form. */
  private static final int FIELD_BYTES = 4;

  /** What the head of a row takes, and its alignment. */
  private static final int ROW_BYTES = 64;

  private final TablePlan plan;
  private final WrittenColumn[] columns;
  private final int[] keyOf;
  private final byte[] known;
  private final boolean append;
  private final boolean hasDeletedColumn;
  private final int metadataColumns;
  private final Set<PgColumn> nulls = new LinkedHashSet<>();
  private long expansion;
  private long rowBytes;

  RowEncoder(TablePlan plan) {
    this.plan = plan;
    this.columns = plan.columns().toArray(new WrittenColumn[0]);
    this.keyOf = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      keyOf[i] = plan.keys().indexOf(columns[i]);
    }
    this.append = plan.options().writeMode() == WriteMode.APPEND;
    this.hasDeletedColumn = plan.hasDeletedColumn();
    this.metadataColumns = new ColumnValues(plan).metadata().size();
    this.known = new byte[(plan.schema().size() + 7) / 8];
  }

  /** Columns declared NOT NULL for which a NULL has been encoded so far. */
  Set<PgColumn> nulls() {
    return new LinkedHashSet<>(nulls);
  }

  /**
   * Encodes a row of a {@link StagingTable}.
   *
   * @throws RecordException a value does not fit; names table, key and column
   */
  void staged(int number, StagedRowKind kind, RowChange change, CopyBuffer out) {
    int before = begin(out);
    int fields = StagingTable.wholeFields(plan) + StagingTable.PARTIAL_FIELDS;
    out.int16(fields + plan.keys().size() + columns.length);
    head(number, kind, change, out);
    if (kind.isPartial()) {
      out.int32(known.length).raw(known(change));
    } else {
      out.nullField();
    }
    FormerRow former = kind == StagedRowKind.MOVED ? change.formerRow() : null;
    former(former, change, out);
    cells(change, former == null ? null : former.lent(), kind.mayInsert(), out);
    end(out.size() - before, fields + plan.keys().size() + columns.length);
  }

  /** As {@link #staged}, without the columns that partial rows alone fill. */
  void stagedWhole(int number, StagedRowKind kind, RowChange change, CopyBuffer out) {
    int before = begin(out);
    out.int16(StagingTable.wholeFields(plan) + columns.length);
    head(number, kind, change, out);
    cells(change, null, kind.mayInsert(), out);
    end(out.size() - before, StagingTable.wholeFields(plan) + columns.length);
  }

  private int begin(CopyBuffer out) {
    expansion = 0;
    return out.size();
  }

  /** Each field is sent with its length, which is as long as a header; the rest is alignment. */
  private void end(int bytes, int fields) {
    rowBytes = bytes + expansion + FIELD_BYTES * fields + ROW_BYTES;
  }

  /** Length, at most, that the row which was staged last has in the staging table. */
  long rowBytes() {
    return rowBytes;
  }

  private void head(int number, StagedRowKind kind, RowChange change, CopyBuffer out) {
    out.int32(4).int32(number).int32(2).int16(kind.ordinal());
    ChangeInfo info = change.info();
    position(info.position(), out);
    operation(info.operation(), out);
    time(info.commitMicros(), out);
    SharedKeys.encodeCreate(change, out);
    if (plan.tellsFirstSeen()) {
      FirstSeen first = FirstSeen.of(info, plan.options().deleteMode());
      time(first.micros(), out);
      out.int32(1).int8(first.anew() ? 1 : 0);
    }
  }

  private static void position(Position position, CopyBuffer out) {
    out.int32(4).int32(position.epoch());
    out.int32(8).int64(position.commitLsn());
    out.int32(8).int64(position.lsn());
  }

  /** Encodes a row of the table itself: the cells, then the metadata columns. */
  void stored(RowChange change, CopyBuffer out) {
    MetadataColumns names = plan.options().metadata();
    out.int16(columns.length + metadataColumns);
    cells(change, null, true, out);
    ChangeInfo info = change.info();
    operation(info.operation(), out);
    time(info.commitMicros(), out);
    out.int32(8).int64(info.position().lsn());
    out.int32(8).int64(info.position().commitLsn());
    out.int32(4).int32(info.position().epoch());
    if (hasDeletedColumn) {
      out.int32(1).int8(change instanceof RowChange.Delete ? 1 : 0);
    }
    if (names.firstSeen().isPresent()) {
      time(FirstSeen.of(info, plan.options().deleteMode()).micros(), out);
    }
    if (names.lastSeen().isPresent()) {
      time(info.commitMicros(), out);
    }
  }

  /** A text of one letter. */
  private static void operation(Operation operation, CopyBuffer out) {
    out.int32(1).int8(operation.code().charAt(0));
  }

  private static void time(long micros, CopyBuffer out) {
    if (micros == 0) {
      out.nullField();
    } else {
      out.int32(8).int64(micros - EPOCH_MICROS);
    }
  }

  private byte[] known(RowChange change) {
    Arrays.fill(known, (byte) 0);
    for (WrittenColumn column : columns) {
      int index = column.index();
      if (Cell.isKnown(change.cells()[index])) {
        known[index >> 3] |= (byte) (1 << (index & 7));
      }
    }
    return known;
  }

  private void former(FormerRow former, RowChange change, CopyBuffer out) {
    if (former == null) {
      out.nullField().nullField().nullField().nullField().nullField();
    } else {
      out.int32(1).int8(former.lent() == null ? 0 : 1);
      out.int32(1).int8(former.cause() == Cause.LATE_CHANGE ? 1 : 0);
      position(former.at(), out);
    }
    RowKey from = former == null ? null : former.key();
    for (int i = 0; i < plan.keys().size(); i++) {
      Object value = from == null ? null : from.value(i);
      if (value == null) {
        out.nullField();
      } else {
        write(plan.keys().get(i), value, change, out);
      }
    }
  }

  private void cells(RowChange change, Object[] lent, boolean mayInsert, CopyBuffer out) {
    Object[] cells = change.cells();
    boolean keyed = change.key().size() > 0;
    for (int i = 0; i < columns.length; i++) {
      WrittenColumn column = columns[i];
      Object cell;
      if (keyOf[i] >= 0 && keyed) {
        cell = change.key().value(keyOf[i]);
        if (cell == null && !append) {
          throw unfit(column, change, "a key column cannot be NULL.", null);
        }
      } else {
        cell = cells == null ? null : cells[column.index()];
        cell = lent != null && cell == Cell.UNCHANGED ? lent[column.index()] : cell;
      }
      if (cell == null || cell instanceof Cell) {
        noteNull(column.column(), cell, mayInsert);
        out.nullField();
      } else {
        write(column, cell, change, out);
      }
    }
  }

  /** A row that is inserted without a value gets the default, if there is one; else NULL. */
  private void noteNull(PgColumn column, Object cell, boolean mayInsert) {
    boolean needed = mayInsert && (cell == null || cell == Cell.ABSENT && !column.defaulted());
    if (column.notNull() && needed) {
      nulls.add(column);
    }
  }

  private void write(WrittenColumn column, Object value, RowChange change, CopyBuffer out) {
    int before = out.size();
    try {
      column.codec().encoder().write(value, out);
      expansion += (column.codec().growth() - 1L) * (out.size() - before);
    } catch (UnfitValueException e) {
      out.truncate(before);
      String remedy =
          e.widerType()
              .map(type -> ". Widen the column. Run: " + Ddl.widen(plan.table(), column, type))
              .orElse(".");
      throw unfit(column, change, e.getMessage() + remedy, e);
    } catch (ClassCastException e) {
      String reason =
          "a value of "
              + value.getClass().getSimpleName()
              + " cannot be stored in "
              + column.column().type().name()
              + ".";
      throw unfit(column, change, reason, e);
    }
  }

  /**
   * @param reason what is wrong, as sentences
   */
  private RecordException unfit(
      WrittenColumn column, RowChange change, String reason, RuntimeException cause) {
    return new RecordException(
        "Table "
            + plan.table().id()
            + ", key "
            + plan.schema().keyNames()
            + ", column "
            + column.column().name()
            + ": "
            + reason,
        plan.table().id(),
        change.key(),
        cause);
  }
}
