// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.GET;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.HEAD;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT_IF_ABSENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a commit asks of a store that waits for a network, and what of it is under way at once. */
@Timeout(600)
class RoundTripsTest extends StoreRounds {
  /** The look at the log: no entry follows the newest, which is there. */
  private static final Map<Operation, Integer> LOOK = Map.of(HEAD, 1, GET, 1);

  private static final Map<Operation, Integer> ENTRY = Map.of(PUT_IF_ABSENT, 1);

  private static final Histories HISTORIES =
      Histories.of(List.of(new History(0, SourceId.UNKNOWN, History.ALWAYS)), Map.of());

  @Test
  void steadyCommitTakesTwoRoundTrips() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      store.expect(List.of(and(LOOK, PUT, 2), ENTRY));
      owner.commit(update);
      store.requireAllRounds();
      assertEquals(5, store.requests().size());
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void looksAtTheLogOverlapTheWritingOfRows() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit insert = owner.prepare(items().upsert(9, 4, "four", "a", 1L).build());
      store.expect(List.of(and(LOOK, PUT, 1), ENTRY));
      owner.commit(insert);
      store.requireAllRounds();
    }
    assertNames("one", "two", "three", "four");
  }

  @Test
  void filesOfPartitionsAreUploadedTogether() {
    try (Target target = open(remote, Map.of(DeltaSettings.PARTITION_BY, "shop.items:note"))) {
      PartitionOwner owner = filled(target);
      Commit update =
          owner.prepare(
              items()
                  // The files that these rows were in have no others, and go as a whole.
                  .upsert(9, 1, "uno", "x", 1L)
                  .upsert(9, 2, "due", "y", 1L)
                  .upsert(9, 3, "tre", "z", 1L)
                  .build());
      store.expect(List.of(and(LOOK, PUT, 3), ENTRY));
      owner.commit(update);
      store.requireAllRounds();
    }
    assertNames("uno", "due", "tre");
  }

  @Test
  void filesWrittenAnewAreUploadedTogether() {
    Map<String, String> copies =
        Map.of(
            DeltaSettings.DELETION_VECTORS, "false", DeltaSettings.PARTITION_BY, "shop.items:note");
    try (Target target = open(remote, copies)) {
      PartitionOwner owner =
          filled(
              target,
              items()
                  .upsert(1, 1, "one", "a", 1L)
                  .upsert(1, 2, "two", "a", 2L)
                  .upsert(1, 3, "three", "b", 3L)
                  .upsert(1, 4, "four", "b", 4L)
                  .build());
      Commit update =
          owner.prepare(items().upsert(9, 1, "uno", "a", 1L).upsert(9, 3, "tre", "b", 1L).build());
      store.requests();
      owner.commit(update);
      // Two files of new rows, two of the rows that stay; what stays is read from two files.
      assertEquals(4, Collections.frequency(store.requests(), PUT));
      assertNames("uno", "two", "tre", "four");
      List<Map<Operation, Integer>> none = List.of();
      store.expect(none);
      store.requireAllRounds();
    }
  }

  @Test
  void tenTablesOfAFlushTakeTwoRoundTripsTogether() {
    int tables = 10;
    Map<String, String> atOnce = Map.of(DeltaSettings.COMMIT_THREADS, "10");
    try (Target target = open(remote, atOnce)) {
      target.load(partitions(tables));
      for (int offset = 0; offset < 4; offset++) {
        target.commit(flush(tables, offset));
      }
      Commit next = flush(tables, 4);
      store.expect(
          List.of(
              Map.of(HEAD, tables, GET, tables, PUT, 2 * tables), Map.of(PUT_IF_ABSENT, tables)));
      target.commit(next);
      store.requireAllRounds();
    }
  }

  @Test
  void partitionThatFeedsSeveralTablesTakesTwoMoreForTheTableOfOffsets() {
    try (Target target = open(remote)) {
      target.load(partitions(2));
      for (int offset = 0; offset < 4; offset++) {
        target.commit(fromOnePartition(2, offset));
      }
      Commit next = fromOnePartition(2, 4);
      store.expect(List.of(Map.of(HEAD, 2, GET, 2, PUT, 4), Map.of(PUT_IF_ABSENT, 2), LOOK, ENTRY));
      target.commit(next);
      store.requireAllRounds();
    }
  }

  @Test
  void checkpointTakesTwoPuts() throws IOException {
    try (Target target = open(remote)) {
      filled(target);
    }
    store.requests();
    new CheckpointWriter(remote, location()).write(Duration.ofDays(1));
    List<Operation> requests = store.requests();
    assertEquals(2, Collections.frequency(requests, PUT), requests::toString);
    assertEquals(0, Collections.frequency(requests, PUT_IF_ABSENT), requests::toString);
  }

  private static Map<Operation, Integer> and(
      Map<Operation, Integer> round, Operation operation, int number) {
    Map<Operation, Integer> more = new HashMap<>(round);
    more.put(operation, number);
    return more;
  }

  private static TableId table(int number) {
    return new TableId("shop", "t" + number);
  }

  private static SourcePartition partition(int number) {
    return new SourcePartition("src.shop.t" + number, 0);
  }

  private static Set<SourcePartition> partitions(int tables) {
    Set<SourcePartition> partitions = new java.util.HashSet<>();
    for (int i = 0; i < tables; i++) {
      partitions.add(partition(i));
    }
    return partitions;
  }

  /** A changed row and a new one of several tables, each fed by a partition of its own. */
  private static Commit flush(int tables, long offset) {
    List<PartitionAdvance> advances = new ArrayList<>();
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      advances.add(advance(partition(i), offset));
      contributors.put(table(i), Set.of(partition(i)));
    }
    return new Commit(batches(tables, offset), advances, List.of(), contributors, HISTORIES);
  }

  private static Commit fromOnePartition(int tables, long offset) {
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      contributors.put(table(i), Set.of(partition(0)));
    }
    return new Commit(
        batches(tables, offset),
        List.of(advance(partition(0), offset)),
        List.of(),
        contributors,
        HISTORIES);
  }

  private static List<TableBatch> batches(int tables, long offset) {
    List<TableBatch> batches = new ArrayList<>();
    for (int i = 0; i < tables; i++) {
      batches.add(
          Batches.batch(table(i), Warehouse.ITEM)
              .upsert(offset + 1, 1, "changed " + offset, "a", offset)
              // So that the next change leaves something of this file.
              .upsert(offset + 1, 1_000 + (int) offset, "new", "b", offset)
              .build());
    }
    return batches;
  }

  private static PartitionAdvance advance(SourcePartition partition, long offset) {
    return new PartitionAdvance(
        partition, offset == 0 ? Optional.empty() : Optional.of(state(offset)), state(offset + 1));
  }

  private static PartitionState state(long nextOffset) {
    return new PartitionState(nextOffset, Batches.at(nextOffset), -1, -1, nextOffset);
  }
}
