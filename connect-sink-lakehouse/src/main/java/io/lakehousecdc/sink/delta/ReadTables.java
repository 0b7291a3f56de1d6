// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.StatusDomain;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Stores;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.List;
import java.util.Optional;

/**
 * The Delta tables of a configuration, for reading alone: nothing is created, and none of the
 * memory that a task takes for key indexes is. Thread-safe.
 */
public final class ReadTables implements AutoCloseable {
  private final Stores.Lease store;
  private final TablePaths paths;
  private final TargetSettings settings;

  private ReadTables(Stores.Lease store, TablePaths paths, TargetSettings settings) {
    this.store = store;
    this.paths = paths;
    this.settings = settings;
  }

  /**
   * Opens the store of {@code delta.root}.
   *
   * @throws TargetException it cannot be reached or used
   */
  public static ReadTables open(TargetSettings settings) {
    String root = DeltaSettings.of(settings).root();
    Stores.Lease lease = DeltaTargetFactory.lease(root, settings);
    return new ReadTables(lease, new TablePaths(lease.store().resolve(root)), settings);
  }

  public FileIO store() {
    return store.store();
  }

  /** Location of a table, below the root. */
  public String location(TableId table) {
    return paths.table(table);
  }

  /** The newest version of a table; empty where there is none. */
  public Optional<TableVersion> latestVersion(TableId table) {
    return new TableLog(store(), location(table)).latest();
  }

  /** The same, with its files. */
  public Optional<ReadTable> latest(TableId table) {
    return latestVersion(table)
        .map(version -> ReadTable.of(store(), location(table), version, settings.tables()));
  }

  /** The status of a connector's tables; empty where none is stored. */
  List<TableStatus> status(String connector) {
    return new TableLog(store(), paths.status())
        .latest()
        .map(version -> StatusDomain.all(connector, version.domains()))
        .orElse(List.of());
  }

  @Override
  public void close() {
    store.close();
  }
}
