package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds the changes of one table into the last change per key. Two changes of a key merge cell by
 * cell: a cell that the later one does not know keeps the earlier one's value. Not thread-safe.
 */
public final class TableFold implements Fold {
  private final TableId table;
  private final Map<RowKey, Pending> pending = new LinkedHashMap<>();
  private final Map<Position, RowKey> deletedAt = new HashMap<>();
  private RowSchema schema;
  private Position truncateBelow;
  private Sweep sweep;
  private long stale;

  /**
   * @param table target table
   */
  public TableFold(TableId table) {
    this.table = table;
  }

  @Override
  public boolean accepts(RowSchema incoming) {
    return schema == null || schema == incoming || SchemaUnion.of(schema, incoming).isPresent();
  }

  @Override
  public void upsert(RowSchema from, RowKey key, Object[] cells, ChangeInfo info) {
    adopt(from);
    if (isTruncated(info)) {
      return;
    }
    Pending last = pending.get(key);
    if (last == null) {
      pending.put(key, new Pending(from, moved(from, key, cells, info)));
    } else if (info.position().isBelow(last.change.info().position())) {
      stale++;
      last.fillUnchangedFrom(from, cells, schema);
    } else {
      last.supersede(from, moved(from, key, cells, info), schema);
    }
  }

  @Override
  public void delete(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {
    adopt(from);
    if (isTruncated(info)) {
      return;
    }
    deletedAt.put(info.position(), key);
    Pending last = pending.get(key);
    if (last == null) {
      pending.put(key, new Pending(from, new Delete(key, before, info)));
    } else if (info.position().isBelow(last.change.info().position())) {
      stale++;
    } else {
      Object[] cells = before != null ? before : last.alignedCells(from);
      last.change = new Delete(key, cells, info);
      last.schema = from;
    }
  }

  @Override
  public void truncate(Position position) {
    truncateBelow = truncateBelow == null ? position : Position.max(truncateBelow, position);
    pending.values().removeIf(entry -> entry.change.info().position().isBelow(truncateBelow));
  }

  @Override
  public void sweep(Sweep completed) {
    sweep = completed;
  }

  @Override
  public long stale() {
    return stale;
  }

  @Override
  public TableBatch build() {
    List<RowChange> changes = new ArrayList<>(pending.size());
    for (Pending entry : pending.values()) {
      changes.add(entry.aligned(schema));
    }
    return new TableBatch(
        table,
        schema == null ? new RowSchema(List.of(), List.of()) : schema,
        changes,
        Optional.ofNullable(truncateBelow),
        Optional.ofNullable(sweep));
  }

  private void adopt(RowSchema incoming) {
    if (schema == null) {
      schema = incoming;
    } else if (schema != incoming) {
      schema =
          SchemaUnion.of(schema, incoming)
              .orElseThrow(() -> new IllegalStateException("Not accepted: " + incoming));
    }
  }

  private boolean isTruncated(ChangeInfo info) {
    if (truncateBelow == null || !info.position().isBelow(truncateBelow)) {
      return false;
    }
    stale++;
    return true;
  }

  /**
   * A changed key arrives as a delete of the old key and a create of the new one at the same
   * position; the create does not repeat unchanged values, so they move over from the old row.
   */
  private Upsert moved(RowSchema from, RowKey key, Object[] cells, ChangeInfo info) {
    if (info.operation() != Operation.CREATE || !hasUnchanged(cells)) {
      return new Upsert(key, cells, info);
    }
    RowKey oldKey = deletedAt.get(info.position());
    if (oldKey == null || oldKey.equals(key)) {
      return new Upsert(key, cells, info);
    }
    Pending old = pending.get(oldKey);
    Object[] known = old == null ? null : old.alignedCells(from);
    return new Upsert(key, known == null ? cells : merge(known, cells), info, oldKey);
  }

  private static boolean hasUnchanged(Object[] cells) {
    for (Object cell : cells) {
      if (cell == Cell.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  /** {@code later} with its unknown cells taken from {@code earlier}. */
  private static Object[] merge(Object[] earlier, Object[] later) {
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

  /** Last change of a key so far, its cells aligned to {@code schema}. */
  private static final class Pending {
    private RowSchema schema;
    private RowChange change;

    Pending(RowSchema schema, RowChange change) {
      this.schema = schema;
      this.change = change;
    }

    Object[] alignedCells(RowSchema to) {
      return SchemaUnion.align(change.cells(), schema, to);
    }

    void supersede(RowSchema from, Upsert next, RowSchema union) {
      if (change instanceof Upsert previous) {
        RowSchema common = schema == from ? from : union;
        Object[] earlier = SchemaUnion.align(previous.cells(), schema, common);
        Object[] later = SchemaUnion.align(next.cells(), from, common);
        RowKey movedFrom = next.movedFrom() != null ? next.movedFrom() : previous.movedFrom();
        change = new Upsert(next.key(), merge(earlier, later), next.info(), movedFrom);
        schema = common;
      } else {
        change = next;
        schema = from;
      }
    }

    /** An older change that came late still knows values which this newer one left untouched. */
    void fillUnchangedFrom(RowSchema from, Object[] older, RowSchema union) {
      if (change instanceof Upsert newer && hasUnchanged(newer.cells())) {
        Object[] merged =
            merge(
                SchemaUnion.align(older, from, union),
                SchemaUnion.align(newer.cells(), schema, union));
        change = new Upsert(newer.key(), merged, newer.info(), newer.movedFrom());
        schema = union;
      }
    }

    RowChange aligned(RowSchema union) {
      if (schema == union) {
        return change;
      }
      Object[] cells = alignedCells(union);
      return change instanceof Upsert upsert
          ? new Upsert(upsert.key(), cells, upsert.info(), upsert.movedFrom())
          : new Delete(change.key(), cells, change.info());
    }
  }
}
