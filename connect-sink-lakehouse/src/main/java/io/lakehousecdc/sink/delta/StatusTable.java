// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.StatusDomain;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.StatusRow;
import io.lakehousecdc.sink.spi.TableStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The table {@code _cdc_status} below the root: one row for each connector, topic and table, and a
 * metadata domain that says the same, which is what is added to. Commits of data tables have
 * nothing to do with it. Thread-safe.
 */
final class StatusTable {
  /** How often others may come first, one after the other: more often than a cluster has tasks. */
  private static final int ATTEMPTS = 50;

  private final DeltaTable table;

  StatusTable(DeltaTable table) {
    this.table = table;
  }

  /**
   * Adds to what is stored of a connector.
   *
   * @throws RetriableException others have written again and again meanwhile
   */
  void add(String connector, List<TableStatus> added) {
    FencedException overtaken = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        add(connector, added, table.domains());
        return;
      } catch (FencedException e) {
        overtaken = e;
      }
    }
    throw new RetriableException("Other tasks write the status of tables all the time.", overtaken);
  }

  private void add(String connector, List<TableStatus> added, Map<String, String> before) {
    long now = System.currentTimeMillis() * 1_000;
    List<RowChange> rows = new ArrayList<>();
    Map<String, Optional<String>> domains = new HashMap<>();
    for (TableStatus each : added) {
      TableStatus sum = StatusDomain.of(connector, each.key(), before).plus(each);
      Object[] cells = StatusRow.cells(connector, sum, now);
      // All at one position: the domain tells which is newer.
      rows.add(
          new RowChange.Upsert(
              RowKey.of(cells[0], cells[1], cells[2], cells[3]),
              cells,
              new ChangeInfo(Operation.UPDATE, Position.LOWEST, now)));
      domains.put(StatusDomain.name(connector, each.key()), Optional.of(StatusDomain.text(cells)));
    }
    table.commit(
        new TableBatch(table.id(), StatusRow.SCHEMA, rows, List.of(), Optional.empty()),
        Histories.NONE,
        present -> {
          boolean isSame =
              domains.keySet().stream()
                  .allMatch(name -> Objects.equals(present.get(name), before.get(name)));
          if (!isSame) {
            throw new FencedException("Another task has written the status of a table meanwhile.");
          }
          return Optional.of(CommitExtras.of(domains));
        });
  }
}
