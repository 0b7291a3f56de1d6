// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.HEAD;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT_IF_ABSENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left in a store where some of the requests of a commit fail. */
@Timeout(600)
class RoundTripFailuresTest extends StoreRounds {
  @ParameterizedTest
  @ValueSource(strings = {".parquet", ".bin"})
  void nothingIsLeftWhereOneOfTheUploadsFails(String failing) throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      CountDownLatch failed = new CountDownLatch(1);
      store.before(
          (operation, location) -> {
            if (operation == PUT && location.endsWith(failing)) {
              failed.countDown();
              throw new IOException("Injected");
            } else if (operation == PUT) {
              await(failed);
            }
          });
      store.requests();
      assertThrows(RetriableException.class, () -> owner.commit(update));
      assertEquals(before, files());
      assertFalse(store.requests().contains(PUT_IF_ABSENT));
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void nothingIsLeftWhereTheLookFails() throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      store.before(
          (operation, location) -> {
            if (operation == HEAD) {
              throw new IOException("Injected");
            }
          });
      assertThrows(RetriableException.class, () -> owner.commit(update));
      assertEquals(before, files());
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void interruptReachesTheUploads() throws Exception {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      CountDownLatch begun = new CountDownLatch(2);
      CountDownLatch never = new CountDownLatch(1);
      store.before(
          (operation, location) -> {
            if (operation == PUT) {
              begun.countDown();
              await(never);
            }
          });
      AtomicReference<Throwable> failure = new AtomicReference<>();
      AtomicBoolean interrupted = new AtomicBoolean();
      Thread committing =
          new Thread(
              () -> {
                try {
                  owner.commit(update);
                } catch (RuntimeException e) {
                  failure.set(e);
                }
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      committing.start();
      begun.await();
      committing.interrupt();
      committing.join();
      assertTrue(failure.get() instanceof RetriableException, () -> "" + failure.get());
      assertTrue(interrupted.get());
      assertEquals(before, files());
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  /** The key index has followed beside the request. */
  @Test
  void entryThatWasNotPutLeavesTheKeysWhereTheyWere() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update =
          owner.prepare(
              items()
                  .upsert(9, 1, "uno", "a", 1L)
                  .delete(9, 2)
                  .upsert(9, 4, "quattro", "a", 1L)
                  .build());
      store.before(
          (operation, location) -> {
            if (operation == PUT_IF_ABSENT) {
              throw new IOException("Injected");
            }
          });
      assertThrows(RetriableException.class, () -> owner.commit(update));
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "three", "quattro");
  }

  @Test
  void entryWhoseAnswerWasLostIsFoundWithItsKeys() {
    AtomicBoolean loses = new AtomicBoolean();
    AtomicBoolean lost = new AtomicBoolean();
    store.before(
        (operation, location) -> {
          if (lost.get()) {
            throw new IOException("Injected: not reachable");
          }
        });
    FileIO lossy =
        new ForwardingFileIO(remote) {
          @Override
          public void putIfAbsent(String location, byte[] content) throws IOException {
            super.putIfAbsent(location, content);
            if (loses.getAndSet(false)) {
              lost.set(true);
              throw new IOException("Injected after the work");
            }
          }
        };
    try (Target target = open(lossy)) {
      PartitionOwner owner = filled(target);
      Commit update =
          owner.prepare(
              items()
                  .upsert(9, 1, "uno", "a", 1L)
                  .delete(9, 2)
                  .upsert(9, 4, "quattro", "a", 1L)
                  .build());
      loses.set(true);
      assertThrows(RetriableException.class, () -> owner.commit(update));
      lost.set(false);
      PartitionOwner again = PartitionOwner.of(target, Warehouse.P0);
      assertNames("uno", "three", "quattro");
      again.commit(items().upsert(10, 1, "eins", "a", 1L).upsert(10, 2, "zwei", "a", 1L).build());
      again.commit(items().upsert(11, 2, "zwo", "a", 1L).delete(11, 4).build());
    }
    assertNames("eins", "three", "zwo");
  }
}
