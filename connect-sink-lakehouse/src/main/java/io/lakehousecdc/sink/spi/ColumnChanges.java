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
 * The changes of a table's stored columns that a batch requires, because the source has dropped
 * columns or has added dropped ones again. A target applies {@link #steps} and stores {@link
 * #history} with the table, both atomically and before it writes {@link #batch}. The batch is the
 * given one without values of dropped columns, which late changes may still hold.
 *
 * @param history history of the source's columns after the batch
 * @param isNews whether {@code history} differs from the stored one and has to be stored
 * @param dropped columns that the source has dropped
 * @param returned columns that the source had dropped and has added again
 * @param steps changes of the stored columns; a target ignores those of columns that it does not
 *     have or that are part of a key
 * @param batch the batch to write
 */
public record ColumnChanges(
    ColumnHistory history,
    boolean isNews,
    Set<String> dropped,
    Set<String> returned,
    List<SchemaChange> steps,
    TableBatch batch) {

  /** Whether dropped columns are followed: only in upsert mode with additive schema evolution. */
  public static boolean areFollowed(TableOptions options) {
    return options.writeMode() == WriteMode.UPSERT && options.evolution() == Evolution.ADDITIVE;
  }

  /** No changes, for a table whose dropped columns are not followed. */
  public static ColumnChanges none(TableBatch batch) {
    return new ColumnChanges(ColumnHistory.EMPTY, false, Set.of(), Set.of(), List.of(), batch);
  }

  /** The changes that a batch requires, given the history that the target has stored. */
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

  /** What the source has done, as text for the log; empty if it has dropped nothing. */
  public String description(TableOptions options) {
    List<String> parts = new ArrayList<>();
    if (!dropped.isEmpty()) {
      String policy = options.droppedColumns().name().toLowerCase(Locale.ROOT);
      parts.add("the source has no column " + dropped + " any more (" + policy + ")");
    }
    if (!returned.isEmpty()) {
      parts.add(
          "the source has a new column " + returned + ", and values of the old one are removed");
    }
    if (history.isShared() && isNews) {
      parts.add(
          "several tables of the source write to it, so columns that one of them drops are kept");
    }
    return String.join("; ", parts);
  }
}
