// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.catalog.CatalogSettings;
import io.lakehousecdc.sink.delta.catalog.Catalogs;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.IndexDirectory;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.Stores;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.delta.table.PurgeSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The factory of Delta Lake targets. The tasks of a worker share the tables that they keep alike.
 */
public final class DeltaTargetFactory implements TargetFactory {
  private static final DeltaTables SHARED = new DeltaTables();
  private static final Stores STORES = new Stores();
  private static final Catalogs CATALOGS = new Catalogs();

  @Override
  public String name() {
    return "delta";
  }

  @Override
  public List<Setting> settings() {
    return Stream.of(DeltaSettings.ALL, Stores.settings(), CatalogSettings.ALL)
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> families() {
    return List.of(DeltaSettings.TABLE_PROPERTIES);
  }

  @Override
  public FlushDefaults flushDefaults() {
    return new FlushDefaults(5_000, false, 50_000, 64L << 20);
  }

  @Override
  public List<SettingProblem> validate(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    String retention = settings.text(DeltaSettings.VACUUM_RETENTION);
    if (retention != null) {
      try {
        DeltaSettings.retention(retention);
        PurgeSettings.problem(settings).ifPresent(problems::add);
      } catch (IllegalArgumentException e) {
        problems.add(new SettingProblem(DeltaSettings.VACUUM_RETENTION, e.getMessage()));
      }
    }
    if (settings.text(DeltaSettings.COMPACTION_PERCENT) != null) {
      long percent = settings.number(DeltaSettings.COMPACTION_PERCENT);
      if (percent < 1 || percent > 100) {
        problems.add(
            new SettingProblem(DeltaSettings.COMPACTION_PERCENT, "has to be from 1 to 100"));
      }
    }
    problems.addAll(IndexSettings.problems(settings));
    try {
      PartitionBy.parse(settings.text(DeltaSettings.PARTITION_BY));
    } catch (IllegalArgumentException e) {
      problems.add(new SettingProblem(DeltaSettings.PARTITION_BY, e.getMessage()));
    }
    if (settings.text(DeltaSettings.COMMIT_THREADS) != null) {
      long threads = settings.number(DeltaSettings.COMMIT_THREADS);
      if (threads < 1 || threads > DeltaSettings.MOST_COMMIT_THREADS) {
        problems.add(
            new SettingProblem(
                DeltaSettings.COMMIT_THREADS,
                "has to be from 1 to " + DeltaSettings.MOST_COMMIT_THREADS));
      }
    }
    String root = settings.text(DeltaSettings.ROOT);
    problems.addAll(CatalogSettings.problems(settings, root));
    if (root == null || root.isBlank()) {
      return problems;
    }
    try {
      problems.addAll(STORES.problems(root, settings));
      if (problems.isEmpty()) {
        CatalogSettings.check(settings).ifPresent(problems::add);
        try (Stores.Lease lease = lease(root, settings)) {
          requireUsable(lease.store(), root);
        }
      }
    } catch (TargetException | IllegalArgumentException e) {
      problems.add(new SettingProblem(DeltaSettings.ROOT, e.getMessage()));
    }
    return problems;
  }

  @Override
  public List<TableStatus> status(TargetSettings settings, String connector) {
    try (ReadTables tables = ReadTables.open(settings)) {
      return tables.status(connector);
    }
  }

  @Override
  public Target open(TargetSettings settings, TargetContext context) {
    DeltaSettings read = DeltaSettings.of(settings);
    Stores.Lease lease = lease(read.root(), settings);
    boolean opened = false;
    try {
      requireUsable(lease.store(), read.root());
      Target target =
          open(SHARED, CATALOGS, lease.store(), lease.figures(), lease::close, settings, context);
      opened = true;
      return target;
    } finally {
      if (!opened) {
        lease.close();
      }
    }
  }

  static Stores.Lease lease(String root, TargetSettings settings) {
    return STORES.open(root, settings, CatalogSettings.credentials(settings, STORES.resolve(root)));
  }

  private static void requireUsable(FileIO store, String root) {
    requireDigits();
    store.requireUsable(store.resolve(root));
  }

  /** Delta Kernel writes the numbers in names of log entries in the digits of the JVM's locale. */
  private static void requireDigits() {
    if (!"%d".formatted(0).equals("0")) {
      throw new FatalException(
          "The locale of this worker, "
              + Locale.getDefault(Locale.Category.FORMAT)
              + ", has other digits than 0 to 9, in which no other program would find the entries of"
              + " Delta's log. Start the worker with -Duser.language=en -Duser.country=US, such as"
              + " in KAFKA_OPTS.");
    }
  }

  /** Opens a target on a given store, sharing tables with the targets opened on {@code tables}. */
  static Target open(
      DeltaTables tables, FileIO store, TargetSettings settings, TargetContext context) {
    return open(tables, CATALOGS, store, new StoreFigures(), () -> {}, settings, context);
  }

  /**
   * Opens a target on a given store, sharing tables and a catalogue with other targets.
   *
   * @param figures of the store
   * @param release called when the target needs the store no longer
   */
  static Target open(
      DeltaTables tables,
      Catalogs catalogs,
      FileIO store,
      StoreFigures figures,
      Runnable release,
      TargetSettings settings,
      TargetContext context) {
    DeltaSettings read = DeltaSettings.of(settings);
    read.index().requireWritable();
    read.index().directory().ifPresent(IndexDirectory::clean);
    RowFiles rowFiles = new RowFiles(store, read.writeOptions());
    Optional<Catalogs.Lease> catalog = catalogs.open(settings);
    BacklogMemory.Share memory =
        BacklogMemory.WORKER.join(DeltaSettings.backlogMemory(settings, BacklogMemory.usual()));
    Runnable releaseAll =
        () -> {
          memory.close();
          catalog.ifPresent(Catalogs.Lease::close);
          release.run();
        };
    OpenTables open =
        new OpenTables(
            tables,
            catalog.map(Catalogs.Lease::registrar),
            store,
            releaseAll,
            rowFiles,
            read,
            settings.tables());
    return new DeltaTarget(
        open,
        new FullFiles(open, settings.number(DeltaSettings.TARGET_FILE_BYTES), memory),
        context,
        new TableThreads(DeltaSettings.commitThreads(settings, store), context.connector()),
        figures);
  }
}
