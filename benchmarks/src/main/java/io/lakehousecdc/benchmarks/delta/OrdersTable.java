// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A table of nine columns in a Delta target, written as by a task. */
final class OrdersTable implements AutoCloseable {
  private static final TableId TABLE = new TableId("public", "orders");
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.orders", 0);
  static final Histories HISTORIES =
      Histories.of(
          List.of(new History(0, new SourceId("shop", "shop", "postgresql"), History.ALWAYS)),
          Map.of());
  private static final int LOAD_BATCH = 500_000;
  private static final String[] STATES = {"new", "paid", "packed", "shipped", "returned"};
  static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT64, false),
              new Column("customer_id", Primitive.INT64, false),
              new Column("status", Primitive.TEXT, false),
              new Column("amount", new LogicalType.Decimal(12, 2), true),
              new Column("currency", Primitive.TEXT, false),
              new Column("note", Primitive.TEXT, true),
              new Column("quantity", Primitive.INT32, false),
              new Column("created_at", Primitive.TIMESTAMPTZ, false),
              new Column("updated_at", Primitive.TIMESTAMPTZ, false)),
          List.of(0));

  private final SplittableRandom random = new SplittableRandom(7);
  private final Path location;
  private final Map<String, String> settings = new HashMap<>();
  private Target target;
  private Optional<PartitionState> committed;
  private long greatestId;
  private long lsn;

  OrdersTable(Path root) {
    this(root, Map.of());
  }

  OrdersTable(Place place) {
    this(place.files(), place.with(Map.of("delta.root", place.root())).settings());
  }

  /**
   * @param others settings that differ from the defaults
   */
  OrdersTable(Path root, Map<String, String> others) {
    location = root.resolve(TABLE.schema()).resolve(TABLE.name());
    settings.putAll(settings(root));
    settings.putAll(others);
    open();
    lsn = committed.map(state -> state.latest().highWater().lsn()).orElse(0L);
    greatestId = committed.map(PartitionState::nextOffset).orElse(0L);
  }

  /** Settings of a target, with their defaults. */
  static Map<String, String> settings(Path root) {
    Map<String, String> settings = new HashMap<>();
    for (Setting setting : new DeltaTargetFactory().settings()) {
      if (setting.defaultValue() != null) {
        settings.put(setting.key(), setting.defaultValue());
      }
    }
    settings.put("delta.root", root.toString());
    return settings;
  }

  private void open() {
    target =
        new DeltaTargetFactory()
            .open(
                new TargetSettings(settings, TableOptions.DEFAULT),
                new TargetContext("benchmark", 0));
    committed =
        Optional.ofNullable(target.load(Set.of(PARTITION)).get(PARTITION))
            .map(LoadedPartition::state);
  }

  /** Ends the task, after the maintenance that is under way, and begins another. */
  void restart() {
    target.close();
    open();
  }

  /** Inserts rows with ascending ids. */
  void fill(int rows) {
    for (int done = 0; done < rows; done += LOAD_BATCH) {
      List<RowChange> changes = new ArrayList<>();
      for (int i = done; i < Math.min(rows, done + LOAD_BATCH); i++) {
        changes.add(upsert(greatestId++, Operation.READ));
      }
      commit(changes);
    }
  }

  /** Changes of distinct random keys: 90 % updates, 5 % inserts, 5 % deletes. */
  List<RowChange> randomChanges(int count) {
    List<RowChange> changes = new ArrayList<>(count);
    Set<Long> ids = new HashSet<>();
    long known = greatestId;
    while (changes.size() < count) {
      int action = random.nextInt(20);
      long id = random.nextLong(known);
      if (action == 0) {
        changes.add(upsert(greatestId++, Operation.CREATE));
      } else if (ids.add(id)) {
        changes.add(
            action == 1
                ? new RowChange.Delete(RowKey.of(id), null, info(Operation.DELETE))
                : upsert(id, Operation.UPDATE));
      }
    }
    return changes;
  }

  /** Changes of distinct keys among those there ever were: 95 % upserts, 5 % deletes. */
  List<RowChange> changesAmongKnown(int count) {
    List<RowChange> changes = new ArrayList<>(count);
    Set<Long> ids = new HashSet<>();
    while (changes.size() < count) {
      long id = random.nextLong(greatestId);
      if (ids.add(id)) {
        changes.add(
            random.nextInt(20) == 0
                ? new RowChange.Delete(RowKey.of(id), null, info(Operation.DELETE))
                : upsert(id, Operation.UPDATE));
      }
    }
    return changes;
  }

  /** Deletes of distinct random keys. */
  List<RowChange> deletes(int count) {
    return random
        .longs(0, greatestId)
        .distinct()
        .limit(count)
        .<RowChange>mapToObj(
            id -> new RowChange.Delete(RowKey.of(id), null, info(Operation.DELETE)))
        .toList();
  }

  /** Where the table lies. */
  Path location() {
    return location;
  }

  /** The table's newest version. */
  long version() throws IOException {
    try (var log = Files.list(location.resolve("_delta_log"))) {
      return log.map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d{20}\\.json"))
          .mapToLong(name -> Long.parseLong(name.substring(0, 20)))
          .max()
          .orElseThrow();
    }
  }

  Map<String, Long> gauges() {
    Map<String, Long> values = new TreeMap<>();
    target.gauges().forEach((name, gauge) -> values.put(name, gauge.getAsLong()));
    return values;
  }

  /**
   * The duration of a commit, in nanoseconds.
   *
   * @param wall time until it was done
   * @param processor processor time of the thread that committed, without waiting for the disk
   */
  record Took(long wall, long processor) {}

  /** Commits changes as one batch. */
  Took commit(List<RowChange> changes) {
    PartitionState next =
        new PartitionState(
            greatestId + lsn,
            new Position(0, lsn, lsn),
            PartitionState.NO_LSN,
            PartitionState.NO_LSN,
            lsn);
    Commit commit =
        new Commit(
            List.of(new TableBatch(TABLE, SCHEMA, changes, List.of(), Optional.empty())),
            List.of(new PartitionAdvance(PARTITION, committed, next)),
            List.of(),
            Map.of(TABLE, Set.of(PARTITION)),
            HISTORIES);
    ThreadMXBean thread = ManagementFactory.getThreadMXBean();
    long processor = thread.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    target.commit(commit);
    Took took = new Took(System.nanoTime() - start, thread.getCurrentThreadCpuTime() - processor);
    committed = Optional.of(next);
    return took;
  }

  private RowChange upsert(long id, Operation operation) {
    return upsert(id, info(operation), random);
  }

  /** A change that writes a row of {@link #SCHEMA}. */
  static RowChange upsert(long id, ChangeInfo info, SplittableRandom random) {
    return new RowChange.Upsert(
        RowKey.of(id),
        new Object[] {
          id,
          random.nextLong(100_000),
          STATES[random.nextInt(STATES.length)],
          BigDecimal.valueOf(random.nextLong(10_000_000), 2),
          "EUR",
          "note " + random.nextInt(1_000_000),
          random.nextInt(100),
          1_700_000_000_000_000L + id,
          1_700_000_000_000_000L + info.position().lsn()
        },
        info);
  }

  private ChangeInfo info(Operation operation) {
    lsn++;
    return new ChangeInfo(operation, new Position(0, lsn, lsn), 1_700_000_000_000_000L + lsn);
  }

  @Override
  public void close() {
    target.close();
  }
}
