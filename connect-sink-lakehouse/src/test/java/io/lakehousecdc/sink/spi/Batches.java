// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.schema.ObservedSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Builds a table's batch for tests, change by change. */
public final class Batches {
  private final TableId table;
  private final RowSchema schema;
  private final List<RowChange> changes = new ArrayList<>();
  private final List<Floor> truncates = new ArrayList<>();
  private final List<ObservedSchema> sightings = new ArrayList<>();
  private Sweep sweep;

  private Batches(TableId table, RowSchema schema) {
    this.table = table;
    this.schema = schema;
  }

  /** An empty batch. */
  public static Batches batch(TableId table, RowSchema schema) {
    return new Batches(table, schema);
  }

  /** A schema whose first {@code keyColumns} columns are its key. */
  public static RowSchema schema(int keyColumns, Column... columns) {
    List<Integer> key = new ArrayList<>();
    for (int i = 0; i < keyColumns; i++) {
      key.add(i);
    }
    return new RowSchema(List.of(columns), key);
  }

  /** A column that may not hold NULL. */
  public static Column required(String name, LogicalType type) {
    return new Column(name, type, false);
  }

  /** A column that may hold NULL. */
  public static Column optional(String name, LogicalType type) {
    return new Column(name, type, true);
  }

  /** Position in epoch 0 of a transaction of one change. */
  public static Position at(long lsn) {
    return new Position(0, lsn, lsn);
  }

  /** Change at a position whose commit time in microseconds is a thousand times its LSN. */
  public static ChangeInfo info(Operation operation, Position position) {
    return new ChangeInfo(operation, position, position.lsn() * 1_000);
  }

  public Batches upsert(long lsn, Object... cells) {
    return upsert(at(lsn), cells);
  }

  public Batches upsert(Position position, Object... cells) {
    changes.add(new RowChange.Upsert(keyOf(cells), cells, info(Operation.UPDATE, position)));
    return this;
  }

  /** An upsert by a create: the row is new, as far as the source knows. */
  public Batches create(long lsn, Object... cells) {
    changes.add(
        new RowChange.Upsert(keyOf(cells), cells, info(Operation.CREATE, at(lsn)), null, at(lsn)));
    return this;
  }

  /** An upsert of a row that was stored under another key before. */
  public Batches moved(RowKey from, long lsn, Object... cells) {
    changes.add(
        new RowChange.Upsert(
            keyOf(cells),
            cells,
            info(Operation.CREATE, at(lsn)),
            new FormerRow(from, null, at(lsn), Cause.CHANGED_KEY)));
    return this;
  }

  /**
   * An update to whose unchanged cells an older one of the same row, which came late, lends values.
   *
   * @param late LSN of the older one
   */
  public Batches completed(Object[] lent, long late, long lsn, Object... cells) {
    RowKey key = keyOf(cells);
    changes.add(
        new RowChange.Upsert(
            key,
            cells,
            info(Operation.UPDATE, at(lsn)),
            new FormerRow(key, lent, at(late), Cause.LATE_CHANGE)));
    return this;
  }

  /** A change of any kind. */
  public Batches change(RowChange change) {
    changes.add(change);
    return this;
  }

  public Batches delete(long lsn, Object... key) {
    changes.add(new RowChange.Delete(RowKey.of(key), null, info(Operation.DELETE, at(lsn))));
    return this;
  }

  /** A delete of a row whose last values are known. */
  public Batches deleteOf(long lsn, Object... cells) {
    changes.add(new RowChange.Delete(keyOf(cells), cells, info(Operation.DELETE, at(lsn))));
    return this;
  }

  public Batches truncate(long lsn) {
    return truncate(floor(at(lsn), Floor.Cause.TRUNCATE));
  }

  public Batches truncate(Floor floor) {
    truncates.add(floor);
    return this;
  }

  public Batches sweep(String topic, long snapshotLsn, Sweep.Mode mode) {
    sweep = new Sweep(topic, floor(new Position(0, snapshotLsn, 0), Floor.Cause.SWEEP), mode);
    return this;
  }

  /** Streamed changes from one position to another showed these columns of a source table. */
  public Batches seen(String sourceTable, long first, long last, String... columns) {
    List<Column> shown = new ArrayList<>();
    for (String name : columns) {
      shown.add(optional(name, LogicalType.Primitive.TEXT));
    }
    RowSchema all = new RowSchema(shown, List.of(), sourceTable);
    sightings.add(new ObservedSchema(all, at(first), at(last), false));
    return this;
  }

  /** A floor that covers all earlier epochs of the contracts. */
  private static Floor floor(Position at, Floor.Cause cause) {
    return new Floor(at, cause, Set.of(), Set.of(), Long.MAX_VALUE);
  }

  public TableBatch build() {
    return new TableBatch(
        table,
        schema,
        List.copyOf(changes),
        truncates,
        Optional.ofNullable(sweep),
        List.copyOf(sightings));
  }

  private RowKey keyOf(Object[] cells) {
    return RowKey.of(schema.keyColumns().stream().map(index -> cells[index]).toArray());
  }
}
