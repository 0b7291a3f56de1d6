// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.tools.FedSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** Commits to a table that a sink commits to meanwhile. */
class FileChangesTest {
  private static final TableId ITEMS = new TableId("shop", "items");

  private static final DebeziumTable TABLE =
      DebeziumRecords.table("shop", "items")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  @TempDir Path root;

  @Test
  void commitIsMadeOnTopOfLaterOnesThatLeaveItsFilesAlone() throws Exception {
    try (FedSink fed = sink();
        ReadTables tables = ReadTables.open(ConfiguredSink.of(settings()).targetSettings())) {
      fed.feed(TABLE.create(10, 11, 1L, "one"), TABLE.create(10, 12, 2L, "two"));
      FileChanges changes = withoutFirstRow(tables);
      for (int i = 0; i < 5; i++) {
        fed.feed(TABLE.create(20 + i * 10, 21 + i * 10, 10L + i, "later"));
      }
      changes.commit(Map.of());
      assertThat(ids(tables)).isEqualTo(Set.of(2L, 10L, 11L, 12L, 13L, 14L));
      fed.feed(TABLE.update(90, 91, 10L, "still"), TABLE.delete(90, 92, 2L));
      assertThat(ids(tables)).isEqualTo(Set.of(10L, 11L, 12L, 13L, 14L));
    }
  }

  @Test
  void commitThatWouldUndoALaterOneIsAConflict() throws Exception {
    try (FedSink fed = sink();
        ReadTables tables = ReadTables.open(ConfiguredSink.of(settings()).targetSettings())) {
      fed.feed(TABLE.create(10, 11, 1L, "one"), TABLE.create(10, 12, 2L, "two"));
      FileChanges changes = withoutFirstRow(tables);
      fed.feed(TABLE.create(20, 21, 3L, "three"));
      fed.feed(TABLE.delete(30, 31, 2L));
      assertThatExceptionOfType(CommitConflictException.class)
          .isThrownBy(() -> changes.commit(Map.of()));
      assertThat(ids(tables)).isEqualTo(Set.of(1L, 3L));
    }
  }

  /** The sink changes a row of the same file. */
  @Test
  void sinkWaitsWhileItIsAnothersTurn() throws Exception {
    try (FedSink fed = sink();
        ReadTables tables = ReadTables.open(ConfiguredSink.of(settings()).targetSettings())) {
      fed.feed(TABLE.create(10, 11, 1L, "one"), TABLE.create(10, 12, 2L, "two"));
      TableLog log = new TableLog(tables.store(), tables.location(ITEMS));
      TableTurn turn = new TableTurn(log);
      turn.await(tables.latest(ITEMS).orElseThrow(), Duration.ofMinutes(1));
      CompletableFuture<Void> feeding =
          CompletableFuture.runAsync(() -> fed.feed(TABLE.delete(20, 21, 2L)));
      Await.until(
          "the sink asks for its turn",
          Duration.ofSeconds(30),
          () -> CommitQueue.of(log.latest().orElseThrow().domains()).waiting().size() == 2);
      ReadTable table = tables.latest(ITEMS).orElseThrow();
      withoutFirstRow(tables).commit(turn.passedOn(table.version().domains()));
      feeding.join();
      assertThat(ids(tables)).isEmpty();
      assertThat(CommitQueue.of(log.latest().orElseThrow().domains()).waiting()).isEmpty();
    }
  }

  @Test
  void turnThatIsNotNeededIsPassedOn() throws Exception {
    try (FedSink fed = sink();
        ReadTables tables = ReadTables.open(ConfiguredSink.of(settings()).targetSettings())) {
      fed.feed(TABLE.create(10, 11, 1L, "one"));
      TableLog log = new TableLog(tables.store(), tables.location(ITEMS));
      TableTurn turn = new TableTurn(log);
      turn.await(tables.latest(ITEMS).orElseThrow(), Duration.ofMinutes(1));
      turn.leave(tables.latest(ITEMS).orElseThrow());
      fed.feed(TABLE.create(20, 21, 2L, "two"));
      assertThat(ids(tables)).isEqualTo(Set.of(1L, 2L));
      assertThat(CommitQueue.of(log.latest().orElseThrow().domains()).waiting()).isEmpty();
    }
  }

  @Test
  void whoHasLostTwiceAsksForATurn() throws Exception {
    try (FedSink fed = sink();
        ReadTables tables = ReadTables.open(ConfiguredSink.of(settings()).targetSettings())) {
      fed.feed(TABLE.create(10, 11, 1L, "one"));
      TableLog log = new TableLog(tables.store(), tables.location(ITEMS));
      TableTurn turn = new TableTurn(log);
      List<Integer> waiting = new ArrayList<>();
      turn.take(
          () -> tables.latest(ITEMS).orElseThrow(),
          table -> {
            waiting.add(CommitQueue.of(table.version().domains()).waiting().size());
            if (waiting.size() < 3) {
              fed.feed(TABLE.create(20, 20 + waiting.size(), 1L + waiting.size(), "other"));
              log.commit(table.knowingVersion(), NewCommit.ofDomains(Map.of()));
            }
            turn.leave(table);
            return true;
          });
      assertThat(waiting).containsExactly(0, 0, 1);
      assertThat(CommitQueue.of(log.latest().orElseThrow().domains()).waiting()).isEmpty();
    }
  }

  private FedSink sink() {
    return new FedSink(settings(), TABLE.topic(), 0);
  }

  private Map<String, String> settings() {
    return Map.of(
        "name",
        "items",
        "topics",
        TABLE.topic(),
        "target",
        "delta",
        "delta.root",
        root.toString(),
        "flush.interval.ms",
        "20");
  }

  private static FileChanges withoutFirstRow(ReadTables tables) throws IOException {
    ReadTable table = tables.latest(ITEMS).orElseThrow();
    LiveFile file = table.files().get(0);
    FileChanges changes =
        new FileChanges(tables.store(), tables.location(ITEMS), table, WriteOptions.DEFAULT);
    changes.delete(file, RoaringBitmap.bitmapOf(0));
    return changes;
  }

  private static Set<Long> ids(ReadTables tables) throws IOException {
    ReadTable table = tables.latest(ITEMS).orElseThrow();
    Set<Long> ids = new TreeSet<>();
    for (LiveFile file : table.files()) {
      table.rows(
          file, table.shape().columns().subList(0, 1), (row, values) -> ids.add((Long) values[0]));
    }
    return ids;
  }
}
