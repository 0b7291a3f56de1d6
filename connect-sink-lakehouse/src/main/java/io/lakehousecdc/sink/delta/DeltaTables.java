// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.catalog.CatalogTable;
import io.lakehousecdc.sink.delta.catalog.Registrar;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.TableLock;
import io.lakehousecdc.sink.delta.write.RemovalsAhead;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tables that this process has open. Tasks that keep the same table in the same way share it:
 * its keys are indexed once, and its commits queue up instead of conflicting. Those that keep it in
 * different ways, such as two connectors that share the table of offsets, queue up, too. The key
 * indexes of all tables share one budget of memory. Thread-safe.
 */
final class DeltaTables {
  private final Map<Use, Shared> open = new HashMap<>();
  private final Set<Shared> closing = new HashSet<>();
  private final IndexBudget budget = new IndexBudget();

  /** What has to be equal for two tasks to share a table. */
  private record Use(
      TableId id,
      String location,
      FileIO store,
      DeltaSettings settings,
      TableOptions options,
      Optional<Registrar> catalog) {}

  private static final class Shared {
    final String location;
    final DeltaTable table;
    final TableLock lock;
    int users;

    Shared(String location, DeltaTable table, TableLock lock) {
      this.location = location;
      this.table = table;
      this.lock = lock;
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

  /**
   * @param catalog told of the table; open until the lease is closed
   */
  synchronized Lease acquire(
      TableId id,
      String location,
      FileIO store,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options,
      Optional<Registrar> catalog) {
    Use use = new Use(id, location, store, settings, options, catalog);
    Shared shared = open.get(use);
    if (shared == null) {
      TableLock lock = lock(id, location);
      shared =
          new Shared(
              location,
              new DeltaTable(
                  id,
                  location,
                  store,
                  rowFiles,
                  settings,
                  options,
                  lock,
                  budget,
                  RemovalsAhead.PIECE_BYTES),
              lock);
      DeltaTable table = shared.table;
      catalog.ifPresent(
          registrar ->
              table.observe(version -> registrar.seen(CatalogTable.of(id, location, version))));
      open.put(use, shared);
    }
    shared.users++;
    return new Lease(use, shared.table);
  }

  /** One for all that keep a table, those that are about to end among them. */
  private TableLock lock(TableId id, String location) {
    return Stream.concat(open.values().stream(), closing.stream())
        .filter(other -> other.location.equals(location))
        .findFirst()
        .map(other -> other.lock)
        .orElseGet(() -> new TableLock(id, location));
  }

  /**
   * Outside of the monitor: a table's end waits for its maintenance. Whoever acquires it meanwhile
   * has one of its own, beside what the first has left to do, as in another process; both keep an
   * index until then.
   */
  private void release(Use use) {
    Optional<Shared> last = unused(use);
    if (last.isPresent()) {
      try {
        last.get().table.close();
      } finally {
        closed(last.get());
      }
    }
  }

  private synchronized Optional<Shared> unused(Use use) {
    Shared shared = open.get(use);
    shared.users--;
    if (shared.users > 0) {
      return Optional.empty();
    }
    open.remove(use);
    closing.add(shared);
    return Optional.of(shared);
  }

  private synchronized void closed(Shared shared) {
    closing.remove(shared);
  }
}
