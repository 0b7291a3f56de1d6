// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.DELETE;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.GET;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.HEAD;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT_IF_ABSENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a commit asks of a store where others write to the table between its requests. */
@Timeout(600)
class RoundTripRacesTest extends StoreRounds {
  @Test
  void commitOfOthersFoundWhileRowsAreWrittenIsTakenOver() throws IOException {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      int before = files().size();
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == HEAD && first.getAndSet(false)) {
              others.commit(
                  items().upsert(9, 1, "eins", "b", 1L).upsert(9, 2, "zwei", "b", 2L).build());
            }
          });
      store.requests();
      owner.commit(update);
      assertFalse(first.get());
      List<Operation> requests = store.requests();
      assertEquals(1, Collections.frequency(requests, PUT_IF_ABSENT), requests::toString);
      // The rows once, the vectors of both versions.
      assertEquals(3, Collections.frequency(requests, PUT), requests::toString);
      assertEquals(1, Collections.frequency(requests, DELETE), requests::toString);
      assertEquals(0, target.gauges().get("delta-commit-conflicts").getAsLong());
      assertEquals(before + 4, files().size());
    }
    assertNames("uno", "zwei", "three");
  }

  @Test
  void commitOfOthersAfterTheLookIsAConflict() throws IOException {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == PUT_IF_ABSENT && first.getAndSet(false)) {
              others.commit(items().upsert(9, 2, "zwei", "b", 2L).build());
            }
          });
      store.requests();
      owner.commit(update);
      assertFalse(first.get());
      assertEquals(1, target.gauges().get("delta-commit-conflicts").getAsLong());
      // The rows once, and the vectors of both versions: the second try has looked first.
      assertEquals(3, Collections.frequency(store.requests(), PUT));
    }
    assertNames("uno", "zwei", "three");
  }

  /** Who is not alone looks before it plans, so that nothing is written for an old version. */
  @Test
  void commitBesideOthersLooksFirst() {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      for (int round = 0; round < 3; round++) {
        Commit update =
            owner.prepare(
                items()
                    .upsert(11 + 2 * round, 1, "uno " + round, "a", 1L)
                    .upsert(11 + 2 * round, 10 + round, "more " + round, "b", 1L)
                    .build());
        others.commit(items().upsert(10 + 2 * round, 2, "zwei " + round, "b", 2L).build());
        store.requests();
        owner.commit(update);
        List<Operation> requests = store.requests();
        boolean wasAlone = round == 0;
        assertEquals(wasAlone ? 3 : 2, Collections.frequency(requests, PUT), requests::toString);
      }
    }
    assertNames("uno 2", "zwei 2", "three", "more 0", "more 1", "more 2");
  }

  @Test
  void partitionTakenOverByAnotherIsFoundBeforeAnythingIsRefused() {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      PartitionOwner.of(other, Warehouse.P0).commit(items().upsert(8, 1, "eins", "b", 1L).build());
      assertThrows(FencedException.class, () -> owner.commit(update));
    }
    assertNames("eins", "two", "three");
  }

  @Test
  void tableMadeAnewWhileRowsAreWrittenIsNotCommittedTo() throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      int uploaded = files().size() + 2;
      CountDownLatch made = new CountDownLatch(1);
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == GET) {
              await(made);
            } else if (operation == HEAD && first.getAndSet(false)) {
              while (files().size() < uploaded) {
                Thread.onSpinWait();
              }
              drop();
              try (Target other = open(local)) {
                filled(other);
              }
              made.countDown();
            }
          });
      assertThrows(FencedException.class, () -> owner.commit(update));
      assertFalse(first.get());
    }
    assertNames("one", "two", "three");
  }

  private void drop() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(root)) {
          Files.delete(path);
        }
      }
    }
  }
}
