// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The planner of a batch in append mode: every change is a row; what it does not know is NULL. */
public final class AppendPlanner {
  private AppendPlanner() {}

  /**
   * Plans a batch.
   *
   * @param time unit of numbers that stand for times in values without a type
   */
  public static BatchPlan plan(TableBatch batch, TableShape shape, SchemalessTime time) {
    BatchMapping mapping = new BatchMapping(batch, shape, time);
    List<NewRow> rows = new ArrayList<>();
    long deleted = 0;
    for (RowChange change : batch.changes()) {
      Object[] row = mapping.row(change.cells(), change.key(), mapping.key(change.key()));
      for (int i = 0; i < row.length; i++) {
        row[i] = row[i] == BatchMapping.KEEP ? null : row[i];
      }
      boolean delete = change instanceof RowChange.Delete;
      shape.stamp(row, change.info(), delete);
      mapping.requireStorable(row, change.key());
      rows.add(new NewRow(row, null));
      deleted += delete ? 1 : 0;
    }
    return new BatchPlan(
        rows,
        LentRows.NONE,
        List.of(),
        new RowSet(),
        List.of(),
        Optional.empty(),
        new CommitReceipt(batch.changes().size() - deleted, deleted, 0, 0, 0));
  }
}
