// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.catalog.Registrar;
import io.lakehousecdc.sink.delta.maintenance.TableMaintenance.Figures;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** The tables that one task has open. */
final class OpenTables implements AutoCloseable {
  private final DeltaTables shared;
  private final Optional<Registrar> catalog;
  private final FileIO store;
  private final Runnable release;
  private final RowFiles rowFiles;
  private final DeltaSettings settings;
  private final TableOptions options;
  private final TablePaths paths;
  private final Map<TableId, DeltaTables.Lease> leases = new ConcurrentHashMap<>();

  /**
   * @param catalog registers the tables, but the table of offsets
   * @param release called when none of them needs the store or the catalogue any more
   */
  OpenTables(
      DeltaTables shared,
      Optional<Registrar> catalog,
      FileIO store,
      Runnable release,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options) {
    this.shared = shared;
    this.catalog = catalog;
    this.store = store;
    this.release = release;
    this.rowFiles = rowFiles;
    this.settings = settings;
    this.options = options;
    this.paths = new TablePaths(store.resolve(settings.root()));
  }

  /** The table of that name; it need not exist. */
  DeltaTable open(TableId id) {
    return leases.computeIfAbsent(id, key -> lease(id, paths.table(id), options, catalog)).table();
  }

  /** The table of that name, if {@link #open} was called for it. Thread-safe. */
  Optional<DeltaTable> find(TableId id) {
    return Optional.ofNullable(leases.get(id)).map(DeltaTables.Lease::table);
  }

  /** Whether rows have keys, and truncates concern them. */
  boolean haveKeys() {
    return options.writeMode() != WriteMode.APPEND;
  }

  /** Whether rows are versions. */
  boolean holdVersions() {
    return options.writeMode() == WriteMode.HISTORY;
  }

  /** How sources that feed one table are related. */
  SourceRelation relation() {
    return options.relation();
  }

  /** The table of partition states. */
  DeltaTable offsets() {
    return leases
        .computeIfAbsent(
            TablePaths.OFFSETS, id -> lease(id, paths.offsets(), always(), Optional.empty()))
        .table();
  }

  /** The table of the progress of sources. */
  ProgressTable progress() {
    return new ProgressTable(
        leases
            .computeIfAbsent(
                TablePaths.PROGRESS, id -> lease(id, paths.progress(), always(), catalog))
            .table());
  }

  /** The table of the status of tables. Thread-safe. */
  StatusTable status() {
    return new StatusTable(
        leases
            .computeIfAbsent(TablePaths.STATUS, id -> lease(id, paths.status(), always(), catalog))
            .table());
  }

  /** The table of rejected records. */
  DeadLetterTable deadLetters() {
    Optional<String> name = options.deadLetterTable();
    if (name.isEmpty()) {
      throw new FatalException("Rejected records cannot be kept: dead.letter.table is not set");
    }
    int dot = name.get().lastIndexOf('.');
    TableId id =
        new TableId(dot < 0 ? "" : name.get().substring(0, dot), name.get().substring(dot + 1));
    return new DeadLetterTable(
        leases.computeIfAbsent(id, key -> lease(id, paths.table(id), always(), catalog)).table());
  }

  /** Figures over all tables. */
  Map<String, LongSupplier> gauges() {
    Map<String, LongSupplier> gauges = new LinkedHashMap<>();
    gauges.put("delta-commit-conflicts", sum(DeltaTable::conflicts));
    gauges.put("delta-rows-without-key", sum(table -> table.figures().rowsWithoutKey()));
    gauges.put("delta-rows-with-shared-key", sum(table -> table.figures().rowsWithSharedKey()));
    gauges.put("delta-index-bytes", sum(table -> table.figures().indexSize().bytes()));
    gauges.put(
        "delta-index-spilled-bytes", sum(table -> table.figures().indexSize().spilledBytes()));
    gauges.put("delta-index-keeping-failures", sum(DeltaTable::indexKeepingFailures));
    for (Phase phase : Phase.values()) {
      gauges.put("delta-commit-" + phase + "-micros", sum(table -> table.times().micros(phase)));
    }
    put(gauges, "delta-compactions", figures -> figures.compactions);
    put(gauges, "delta-files-compacted", figures -> figures.filesCompacted);
    put(gauges, "delta-checkpoints", figures -> figures.checkpoints);
    put(gauges, "delta-files-vacuumed", figures -> figures.filesVacuumed);
    put(gauges, "delta-bytes-vacuumed", figures -> figures.bytesVacuumed);
    put(gauges, "delta-maintenance-failures", figures -> figures.failures);
    gauges.put("delta-oldest-deleted-row-seconds", this::secondsSinceDeleted);
    gauges.put("delta-catalog-registered", catalog(Registrar::registered));
    gauges.put("delta-catalog-failures", catalog(Registrar::failures));
    gauges.put("delta-catalog-pending", catalog(Registrar::pending));
    return gauges;
  }

  private void put(
      Map<String, LongSupplier> gauges, String name, Function<Figures, AtomicLong> figure) {
    gauges.put(name, sum(table -> figure.apply(table.maintenance().figures()).get()));
  }

  /** Of the row that was deleted first and is still in a file of the tables; 0 where none is. */
  private long secondsSinceDeleted() {
    long now = System.currentTimeMillis();
    return leases.values().stream()
        .flatMapToLong(lease -> lease.table().maintenance().deletedSince().stream())
        .map(since -> Math.max(0, (now - since) / 1_000))
        .max()
        .orElse(0);
  }

  private LongSupplier catalog(ToLongFunction<Registrar> figure) {
    return () -> catalog.map(figure::applyAsLong).orElse(0L);
  }

  private LongSupplier sum(ToLongFunction<DeltaTable> figure) {
    Collection<DeltaTables.Lease> all = leases.values();
    return () -> all.stream().mapToLong(lease -> figure.applyAsLong(lease.table())).sum();
  }

  private DeltaTables.Lease lease(
      TableId id, String location, TableOptions how, Optional<Registrar> registrar) {
    return shared.acquire(id, location, store, rowFiles, settings, how, registrar);
  }

  /** How the sink's own tables are written, whatever the user's tables are. */
  private TableOptions always() {
    return new TableOptions(
        WriteMode.UPSERT,
        DeleteMode.HARD,
        Evolution.ADDITIVE,
        options.metadata().withoutSeen(),
        Optional.empty());
  }

  @Override
  public void close() {
    try {
      leases.values().forEach(DeltaTables.Lease::close);
      leases.clear();
    } finally {
      release.run();
    }
  }
}
