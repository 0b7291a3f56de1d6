package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.target.Setting;
import io.lakehousecdc.sink.target.Target;
import io.lakehousecdc.sink.target.TargetContext;
import io.lakehousecdc.sink.target.TargetFactory;
import io.lakehousecdc.sink.target.TargetSettings;
import io.lakehousecdc.sink.target.delta.storage.FileIO;
import io.lakehousecdc.sink.target.delta.storage.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Opens Delta Lake targets. The tasks of a worker share the tables that they keep alike. */
public final class DeltaTargetFactory implements TargetFactory {
  private static final DeltaTables SHARED = new DeltaTables();

  @Override
  public String name() {
    return "delta";
  }

  @Override
  public List<Setting> settings() {
    return DeltaSettings.ALL;
  }

  @Override
  public FlushDefaults flushDefaults() {
    return new FlushDefaults(5_000, 50_000, 64L << 20);
  }

  @Override
  public List<SettingProblem> validate(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    String retention = settings.text(DeltaSettings.VACUUM_RETENTION);
    if (retention != null) {
      try {
        DeltaSettings.retention(retention);
      } catch (IllegalArgumentException e) {
        problems.add(new SettingProblem(DeltaSettings.VACUUM_RETENTION, e.getMessage()));
      }
    }
    try {
      PartitionBy.parse(settings.text(DeltaSettings.PARTITION_BY));
    } catch (IllegalArgumentException e) {
      problems.add(new SettingProblem(DeltaSettings.PARTITION_BY, e.getMessage()));
    }
    String root = settings.text(DeltaSettings.ROOT);
    if (root == null || root.isBlank()) {
      return problems;
    }
    try {
      FileIO store = Stores.forLocation(root);
      String probe = store.resolve(root) + "/_cdc_probe_" + UUID.randomUUID();
      store.createDirectories(store.resolve(root));
      store.putIfAbsent(probe, new byte[0]);
      store.delete(probe);
    } catch (TargetException | IOException | IllegalArgumentException e) {
      problems.add(
          new SettingProblem(
              DeltaSettings.ROOT, "Cannot write below " + root + ": " + e.getMessage()));
    }
    return problems;
  }

  @Override
  public Target open(TargetSettings settings, TargetContext context) {
    DeltaSettings read = DeltaSettings.of(settings);
    FileIO store = Stores.forLocation(read.root());
    return open(SHARED, store, settings, context);
  }

  /** Opens a target on a given store, sharing tables with the targets opened on {@code tables}. */
  static Target open(
      DeltaTables tables, FileIO store, TargetSettings settings, TargetContext context) {
    DeltaSettings read = DeltaSettings.of(settings);
    RowFiles rowFiles = new RowFiles(store, read.writeOptions());
    return new DeltaTarget(
        new OpenTables(tables, store, rowFiles, read, settings.tables()), context.connector());
  }
}
