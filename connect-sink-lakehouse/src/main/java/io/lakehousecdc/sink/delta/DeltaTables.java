// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.HashMap;
import java.util.Map;

/**
 * The tables that this process has open. Tasks that keep the same table in the same way share it:
 * its keys are indexed once, and its commits queue up instead of conflicting. The key indexes of
 * all of them share one budget of memory. Thread-safe.
 */
final class DeltaTables {
  private final Map<Use, Shared> open = new HashMap<>();
  private final IndexBudget budget = new IndexBudget();

  /** What has to be equal for two tasks to share a table. */
  private record Use(TableId id, String location, DeltaSettings settings, TableOptions options) {}

  private static final class Shared {
    final DeltaTable table;
    int users;

    Shared(DeltaTable table) {
      this.table = table;
    }
  }

  /** A table in use; closing it ends this use, and the last one forgets the table. */
  final class Lease implements AutoCloseable {
    private final Use use;
    private final DeltaTable table;
    private boolean closed;

    private Lease(Use use, DeltaTable table) {
      this.use = use;
      this.table = table;
    }

    DeltaTable table() {
      return table;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(use);
      }
    }
  }

  synchronized Lease acquire(
      TableId id,
      String location,
      FileIO store,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options) {
    Use use = new Use(id, location, settings, options);
    Shared shared =
        open.computeIfAbsent(
            use,
            key ->
                new Shared(
                    new DeltaTable(id, location, store, rowFiles, settings, options, budget)));
    shared.users++;
    return new Lease(use, shared.table);
  }

  private synchronized void release(Use use) {
    Shared shared = open.get(use);
    shared.users--;
    if (shared.users == 0) {
      open.remove(use);
      shared.table.close();
    }
  }
}
