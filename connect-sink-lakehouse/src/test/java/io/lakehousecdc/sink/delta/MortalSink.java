// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.maintenance.CompactionPolicy;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.LogUpkeep;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.maintenance.TableCompaction;
import io.lakehousecdc.sink.delta.maintenance.Vacuum;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.s3.S3Store;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A process that goes on where the one before it died: commits what comes next from a {@link
 * SeededSource}, merges files, writes a checkpoint, removes files that are no longer needed, and
 * dies on the way.
 */
final class MortalSink {
  private static final int BATCH = 40;
  private static final CompactionPolicy POLICY = new CompactionPolicy(256 << 10, 2, 0.5);
  private static final Map<String, String> SETTINGS =
      Map.of(
          DeltaSettings.COMPACTION,
          "false",
          DeltaSettings.CHECKPOINT_INTERVAL,
          "0",
          DeltaSettings.VACUUM,
          "false",
          DeltaSettings.TABLE_PROPERTIES + "delta.logRetentionDuration",
          "interval 0 seconds");

  private final FileIO store;
  private final String root;

  private MortalSink(FileIO store, String root) {
    this.store = store;
    this.root = root;
  }

  /**
   * @param arguments root of the tables; number of the change of the store before which to die;
   *     endpoint of S3, where the root is there
   */
  public static void main(String[] arguments) throws IOException {
    FileIO store = arguments.length > 2 ? S3Store.at(URI.create(arguments[2])) : new LocalFileIO();
    new MortalSink(new HaltingStore(store, Integer.parseInt(arguments[1])), arguments[0]).live();
  }

  static Target open(FileIO store, String root) {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), SETTINGS);
  }

  private void live() throws IOException {
    try (Target target = open(store, root)) {
      commitNext(target);
    }
    maintain(Warehouse.ITEMS);
    vacuum(store, root, Warehouse.ITEMS);
  }

  /**
   * Commits the next batch of each partition, from the offset that the target has committed, with
   * one more history than it has.
   */
  static void commitNext(Target target) {
    Map<SourcePartition, LoadedPartition> loaded = target.load(Set.copyOf(SeededSource.PARTITIONS));
    Histories known = oneMore(target.histories());
    for (SourcePartition partition : SeededSource.PARTITIONS) {
      target.commit(next(partition, Optional.ofNullable(loaded.get(partition)), known));
    }
  }

  /** Begun after all changes of the source, which therefore do not belong to it. */
  private static Histories oneMore(Histories stored) {
    int epoch = stored.all().size();
    long began = epoch == 0 ? History.ALWAYS : Long.MAX_VALUE;
    History opened = new History(epoch, SourceId.UNKNOWN, began);
    return stored.union(Histories.of(List.of(opened), Map.of()));
  }

  private static Commit next(
      SourcePartition partition, Optional<LoadedPartition> loaded, Histories known) {
    long begin = loaded.map(found -> found.state().nextOffset()).orElse(0L);
    long end = begin + BATCH;
    Map<TableId, Long> ahead = loaded.map(LoadedPartition::tablesAhead).orElse(Map.of());
    List<TableBatch> batches =
        SeededSource.TABLES.stream()
            .filter(table -> SeededSource.partition(table).equals(partition))
            .map(table -> SeededSource.batch(table, ahead.getOrDefault(table, begin), end))
            .flatMap(Optional::stream)
            .toList();
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    batches.forEach(batch -> contributors.put(batch.table(), Set.of(partition)));
    PartitionState state =
        new PartitionState(
            end,
            new Position(0, end, end),
            PartitionState.NO_LSN,
            PartitionState.NO_LSN,
            end * 1_000);
    return new Commit(
        batches,
        List.of(new PartitionAdvance(partition, loaded.map(LoadedPartition::state), state)),
        List.of(),
        contributors,
        known);
  }

  private void maintain(TableId id) throws IOException {
    String location = location(root, id);
    try (DeltaTable table = table(store, root, id)) {
      new TableCompaction(
              table, store, location, new Compactor(store, WriteOptions.DEFAULT), POLICY)
          .run();
    }
    LogUpkeep log = new LogUpkeep(store, location, Duration.ZERO);
    log.checkpoint();
    log.removeSideFiles();
  }

  /** Removes what the newest version of a table does not need, however young. */
  static void vacuum(FileIO store, String root, TableId id) throws IOException {
    try (DeltaTable table = table(store, root, id)) {
      new Vacuum(store, location(root, id), Duration.ZERO)
          .run(System.currentTimeMillis(), () -> active(store, table, location(root, id)));
    }
  }

  /** Data files and files of deletion vectors that the newest version consists of. */
  static Set<String> active(FileIO store, DeltaTable table, String location) {
    DeletionVectors vectors = new DeletionVectors(store, location);
    return table
        .exclusively(
            state -> {
              Set<String> locations = new HashSet<>();
              for (LiveFile file : state.files()) {
                locations.add(file.location());
                file.file().deletionVector().map(vectors::location).ifPresent(locations::add);
              }
              return locations;
            })
        .orElse(Set.of());
  }

  static String location(Path root, TableId id) {
    return root.resolve(id.schema()).resolve(id.name()).toString();
  }

  static String location(String root, TableId id) {
    return root + "/" + id.schema() + "/" + id.name();
  }

  static DeltaTable table(FileIO store, Path root, TableId id) {
    return table(store, root.toString(), location(root, id), id);
  }

  static DeltaTable table(FileIO store, String root, TableId id) {
    return table(store, root, location(root, id), id);
  }

  private static DeltaTable table(FileIO store, String root, String location, TableId id) {
    return new DeltaTable(
        id,
        location,
        store,
        new RowFiles(store, WriteOptions.DEFAULT),
        new DeltaSettings(
            root,
            true,
            Codec.ZSTD,
            Map.of(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty())),
        TableOptions.DEFAULT);
  }
}
