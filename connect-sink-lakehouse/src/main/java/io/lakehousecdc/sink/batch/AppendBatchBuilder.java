// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps every change of one table as a row of its own (append mode). Floors and sweeps leave a log
 * alone: a truncate is a change like any other there. Not thread-safe.
 */
public final class AppendBatchBuilder implements BatchBuilder {
  private final TableId table;
  private final List<RowSchema> schemas = new ArrayList<>();
  private final List<RowChange> changes = new ArrayList<>();
  private final GrowingSchema schema = new GrowingSchema();

  /**
   * @param table target table
   */
  public AppendBatchBuilder(TableId table) {
    this.table = table;
  }

  @Override
  public boolean accepts(RowSchema incoming) {
    return schema.accepts(incoming);
  }

  @Override
  public void upsert(
      RowSchema from,
      RowKey key,
      Object[] cells,
      ChangeInfo info,
      TransactionVisibility visibility) {
    add(from, new Upsert(key, cells, info));
  }

  @Override
  public void delete(
      RowSchema from,
      RowKey key,
      Object[] before,
      ChangeInfo info,
      TransactionVisibility visibility) {
    add(from, new Delete(key, before, info));
  }

  @Override
  public void leave(RowSchema from, RowKey key, Object[] before, ChangeInfo info) {}

  @Override
  public void truncate(Floor floor) {}

  @Override
  public void sweep(Sweep completed) {}

  @Override
  public Skips skips() {
    return Skips.NONE;
  }

  @Override
  public TableBatch build() {
    List<RowChange> aligned = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      aligned.add(align(changes.get(i), schemas.get(i)));
    }
    return new TableBatch(table, schema.union(), aligned, List.of(), Optional.empty());
  }

  private void add(RowSchema from, RowChange change) {
    schema.add(from);
    schemas.add(from);
    changes.add(change);
  }

  private RowChange align(RowChange change, RowSchema from) {
    if (from == schema.union()) {
      return change;
    }
    Object[] cells = SchemaUnion.align(change.cells(), from, schema.union());
    return change instanceof Upsert
        ? new Upsert(change.key(), cells, change.info())
        : new Delete(change.key(), cells, change.info());
  }
}
