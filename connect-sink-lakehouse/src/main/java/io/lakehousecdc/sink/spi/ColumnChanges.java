// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.batch.ColumnMask;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.ClearColumn;
import io.lakehousecdc.sink.schema.SchemaChange.DropColumn;
import io.lakehousecdc.sink.schema.SchemaChange.ReplaceColumn;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a batch means for the columns that a table has already. A target carries {@link #steps} out
 * and keeps {@link #history} with the table, both at once and before it writes {@link #batch},
 * which may have come late and hold values that are void by now.
 *
 * @param history what is known of the source's columns after the batch
 * @param isNews whether {@code history} has to be kept
 * @param dropped columns that the source has dropped
 * @param returned columns that the source had dropped and has added again
 * @param steps what has to be done to stored columns; a target leaves out those of columns that it
 *     does not have or that are part of a key
 * @param batch the batch as it is to be written
 */
public record ColumnChanges(
    ColumnHistory history,
    boolean isNews,
    Set<String> dropped,
    Set<String> returned,
    List<SchemaChange> steps,
    TableBatch batch) {

  /** Whether dropped columns are followed at all: a log keeps what it has. */
  public static boolean areFollowed(TableOptions options) {
    return options.writeMode() == WriteMode.UPSERT && options.evolution() == Evolution.ADDITIVE;
  }

  /** Nothing: dropped columns are not followed. */
  public static ColumnChanges none(TableBatch batch) {
    return new ColumnChanges(ColumnHistory.EMPTY, false, Set.of(), Set.of(), List.of(), batch);
  }

  /** What the batch means where {@code known} is what the target has kept. */
  public static ColumnChanges of(ColumnHistory known, TableBatch batch, TableOptions options) {
    if (!areFollowed(options)) {
      return none(batch);
    }
    ColumnHistory now = known.after(batch.observedSchemas());
    Set<String> dropped = now.droppedSince(known);
    Set<String> returned = now.returnedSince(known);
    for (int index : batch.schema().keyColumns()) {
      Column key = batch.schema().column(index);
      dropped.remove(key.name());
      returned.remove(key.name());
    }
    boolean keeps = options.droppedColumns() == DroppedColumns.KEEP;
    List<SchemaChange> steps = new ArrayList<>();
    if (!keeps) {
      boolean drops = options.droppedColumns() == DroppedColumns.DROP;
      dropped.forEach(name -> steps.add(drops ? new DropColumn(name) : new ClearColumn(name)));
    }
    for (Column column : batch.schema().columns()) {
      if (returned.contains(column.name())) {
        steps.add(new ReplaceColumn(column));
      }
    }
    return new ColumnChanges(
        now,
        !now.sameColumns(known),
        dropped,
        returned,
        steps,
        ColumnMask.apply(batch, keeps ? Set.of() : now.dropped(), now.voidUpTo()));
  }

  /** For the log: what the source has done; empty where it has dropped nothing. */
  public String description(TableOptions options) {
    List<String> parts = new ArrayList<>();
    if (!dropped.isEmpty()) {
      String policy = options.droppedColumns().name().toLowerCase(Locale.ROOT);
      parts.add("the source has no column " + dropped + " any more (" + policy + ")");
    }
    if (!returned.isEmpty()) {
      parts.add("the source has a new column " + returned + ", and values of the old one are void");
    }
    if (history.isShared() && isNews) {
      parts.add("several tables of the source feed it, so columns that one of them drops are kept");
    }
    return String.join("; ", parts);
  }
}
