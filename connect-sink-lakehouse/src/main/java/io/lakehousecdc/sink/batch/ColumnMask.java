// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Passage;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes values of dropped columns out of a batch. Keys are left alone. Immutable. */
public final class ColumnMask {
  private final RowSchema schema;
  private final int[] places;
  private final Position[] voidUpTo;

  private ColumnMask(RowSchema schema, int[] places, Position[] voidUpTo) {
    this.schema = schema;
    this.places = places;
    this.voidUpTo = voidUpTo;
  }

  /**
   * The batch without some columns and some values.
   *
   * @param hidden columns to leave out
   * @param voidUpTo columns whose values in changes up to a position are those of another column,
   *     of the same name, that was dropped; left out where no change is above it
   */
  public static TableBatch apply(
      TableBatch batch, Set<String> hidden, Map<String, Position> voidUpTo) {
    RowSchema from = batch.schema();
    List<Position> positions =
        voidUpTo.isEmpty()
            ? List.of()
            : batch.changes().stream().map(change -> change.info().position()).toList();
    List<Column> columns = new ArrayList<>();
    int[] places = new int[from.size()];
    int[] moved = new int[from.size()];
    Position[] limits = new Position[from.size()];
    boolean masks = false;
    for (int i = 0; i < from.size(); i++) {
      Column column = from.column(i);
      boolean isKey = from.keyColumns().contains(i);
      Position limit = isKey ? null : limit(voidUpTo.get(column.name()), positions);
      boolean isVoid = limit != null && !limit.isBelow(Collections.max(positions));
      if (!isKey && hidden.contains(column.name()) || isVoid) {
        masks = true;
        continue;
      }
      int place = columns.size();
      moved[i] = place;
      places[place] = i;
      limits[place] = limit;
      masks |= limit != null;
      columns.add(column);
    }
    if (!masks) {
      return batch;
    }
    List<Integer> keys = from.keyColumns().stream().map(index -> moved[index]).toList();
    RowSchema schema =
        columns.size() == from.size()
            ? from
            : new RowSchema(columns, keys, from.sourceTable().orElse(null));
    ColumnMask mask = new ColumnMask(schema, places, limits);
    return batch.withRows(schema, batch.changes().stream().map(mask::apply).toList());
  }

  /** The limit, if some of the positions are within it; else null. */
  private static Position limit(Position limit, List<Position> positions) {
    boolean concerns =
        limit != null && !positions.isEmpty() && !limit.isBelow(Collections.min(positions));
    return concerns ? limit : null;
  }

  private RowChange apply(RowChange change) {
    Position at = change.info().position();
    if (change instanceof Upsert upsert) {
      return new Upsert(
          upsert.key(),
          cells(upsert.cells(), at),
          upsert.info(),
          formerRow(upsert.formerRow(), at),
          upsert.createdAt());
    }
    if (change instanceof ConditionalChange conditional) {
      return new ConditionalChange(
          conditional.key(),
          cells(conditional.cells(), at),
          cells(conditional.before(), at),
          conditional.info(),
          formerRow(conditional.formerRow(), at),
          conditional.steps());
    }
    return new Delete(change.key(), cells(change.cells(), at), change.info());
  }

  private FormerRow formerRow(FormerRow row, Position at) {
    return row == null
        ? null
        : new FormerRow(
            row.key(), cells(row.lent(), at), row.at(), row.cause(), passage(row.passage(), at));
  }

  private Passage passage(Passage passage, Position at) {
    return passage == null
        ? null
        : new Passage(
            passage.steps(), cells(passage.cells(), at), formerRow(passage.formerRow(), at));
  }

  private Object[] cells(Object[] cells, Position at) {
    if (cells == null) {
      return null;
    }
    Object[] masked = new Object[schema.size()];
    for (int i = 0; i < masked.length; i++) {
      boolean isVoid = voidUpTo[i] != null && !voidUpTo[i].isBelow(at);
      masked[i] = isVoid ? Cell.ABSENT : cells[places[i]];
    }
    return masked;
  }
}
