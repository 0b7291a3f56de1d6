// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.TableId;
import java.util.Map;

/** How a table keeps rows, and which of them it shows as rows that the source has. */
public enum RowMode {
  UPSERT(TableOptions.DEFAULT),
  SOFT(Warehouse.soft()),
  HISTORY(TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT));

  private final TableOptions options;

  RowMode(TableOptions options) {
    this.options = options;
  }

  public TableOptions options() {
    return options;
  }

  /** A table of the mode's own. */
  public TableId table(String name) {
    return new TableId("shop", name() + "_" + name);
  }

  public BatchBuilder builder(TableId table) {
    return this == HISTORY ? new HistoryBatchBuilder(table) : new UpsertBatchBuilder(table);
  }

  public boolean isLive(Map<String, Object> row) {
    return switch (this) {
      case UPSERT -> true;
      case SOFT -> Boolean.FALSE.equals(row.get("_cdc_deleted"));
      case HISTORY -> Boolean.TRUE.equals(row.get("is_current"));
    };
  }
}
