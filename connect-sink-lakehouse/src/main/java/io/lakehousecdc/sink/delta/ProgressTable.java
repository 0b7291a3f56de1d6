// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.ProgressDomain;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The table {@code _cdc_progress} below the root, which tells readers up to which transaction the
 * tables show each source: one row for each connector and source. A metadata domain for each
 * connector tells what its rows say, so that nothing is written where they say it already.
 */
final class ProgressTable {
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("connector", Primitive.TEXT, false),
              new Column("source", Primitive.TEXT, false),
              new Column("transaction_id", Primitive.TEXT, false),
              new Column("commit_lsn", Primitive.INT64, false),
              new Column("committed_at", Primitive.TIMESTAMPTZ, false),
              new Column("applied_at", Primitive.TIMESTAMPTZ, false)),
          List.of(0, 1));

  private final DeltaTable table;

  ProgressTable(DeltaTable table) {
    this.table = table;
  }

  /**
   * Shows how far sources have come; does nothing where the table shows that, or more.
   *
   * @param progress of different sources
   */
  void show(String connector, List<SourceProgress> progress) {
    long now = System.currentTimeMillis() * 1_000;
    List<RowChange> rows = progress.stream().map(each -> row(connector, each, now)).toList();
    table.commit(
        new TableBatch(table.id(), SCHEMA, rows, List.of(), Optional.empty()),
        Histories.NONE,
        domains -> {
          SortedMap<String, SourceProgress> shown = ProgressDomain.progress(connector, domains);
          SortedMap<String, SourceProgress> next = SourceProgress.moved(shown, progress);
          return next.equals(shown)
              ? Optional.empty()
              : Optional.of(
                  CommitExtras.of(
                      Map.of(
                          ProgressDomain.name(connector), Optional.of(ProgressDomain.text(next)))));
        });
  }

  private static RowChange row(String connector, SourceProgress progress, long nowMicros) {
    long committedAt = progress.commitMillis() * 1_000;
    Object[] cells = {
      connector,
      progress.source(),
      progress.transaction(),
      progress.commitLsn(),
      committedAt,
      nowMicros
    };
    // All at one position: the domain tells which is newer.
    ChangeInfo info = new ChangeInfo(Operation.UPDATE, Position.LOWEST, committedAt);
    return new RowChange.Upsert(RowKey.of(cells[0], cells[1]), cells, info);
  }
}
