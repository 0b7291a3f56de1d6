// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.snapshot.ReaderMemory.Share;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReaderMemoryTest {
  private static final long LARGE = 1 << 30;
  private static final int PATIENCE_SECONDS = 60;

  private final ReaderMemory memory = new ReaderMemory(2 * RowFileReader.MEMORY_BYTES);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void readersOfLargeFilesWaitForEachOther() throws Exception {
    Share first = memory.take(LARGE);
    Share second = memory.take(LARGE);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    Future<Share> third =
        threads.submit(
            () -> {
              waiting.set(Thread.currentThread());
              return memory.take(LARGE);
            });
    untilWaiting(waiting);
    first.close();
    third.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
    second.close();
    memory.take(LARGE).close();
  }

  @Test
  void manyReadersOfSmallFilesDoNot() throws Exception {
    CountDownLatch all = new CountDownLatch(32);
    for (int i = 0; i < 32; i++) {
      threads.execute(() -> holdUntil(all));
    }
    assertTrue(all.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private void holdUntil(CountDownLatch all) {
    try {
      Share share = memory.take(100_000);
      all.countDown();
      all.await();
      share.close();
    } catch (InterruptedException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void singleReaderIsLetInWhateverItNeeds() throws Exception {
    new ReaderMemory(1).take(LARGE).close();
  }

  @Test
  void waitingEndsWithAnInterrupt() throws Exception {
    Share first = memory.take(LARGE);
    Share second = memory.take(LARGE);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedIOException.class, () -> memory.take(LARGE));
    assertTrue(Thread.interrupted());
    first.close();
    second.close();
  }

  private static void untilWaiting(AtomicReference<Thread> thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
      assertTrue(System.nanoTime() < deadline, "It does not wait");
      Thread.onSpinWait();
    }
  }
}
