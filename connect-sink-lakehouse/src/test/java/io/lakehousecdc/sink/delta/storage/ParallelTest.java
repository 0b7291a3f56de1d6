// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private static final List<Integer> FILES = List.of(1, 2, 3, 4, 5, 6);
  private static final int PATIENCE_SECONDS = 60;

  @Test
  void resultsComeInTheOrderOfTheFiles() throws IOException {
    for (int atOnce : new int[] {1, 2, 100}) {
      assertEquals(List.of(1, 4, 9, 16, 25, 36), Parallel.map(FILES, atOnce, file -> file * file));
    }
    assertEquals(List.of(), Parallel.map(List.of(), 3, file -> file));
  }

  @Test
  void soManyAreUnderWayAndNoMore() throws IOException {
    CountDownLatch three = new CountDownLatch(3);
    AtomicInteger now = new AtomicInteger();
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    Parallel.map(
        FILES,
        3,
        file -> {
          seen.add(now.incrementAndGet());
          three.countDown();
          await(three);
          return now.decrementAndGet();
        });
    assertEquals(3, Collections.max(seen));
  }

  @Test
  void firstFailureIsThrownAndTheRestLeft() {
    IOException failure = new IOException("gone");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                Parallel.map(
                    Collections.nCopies(10_000, 1),
                    2,
                    file -> {
                      throw failure;
                    })));
    assertThrows(
        IllegalStateException.class,
        () ->
            Parallel.map(
                FILES,
                2,
                file -> {
                  throw new IllegalStateException("damaged");
                }));
  }

  @Test
  void nothingIsUnderWayAfterAnInterrupt() {
    AtomicInteger now = new AtomicInteger();
    Thread caller = Thread.currentThread();
    assertThrows(
        InterruptedIOException.class,
        () ->
            Parallel.map(
                FILES,
                2,
                file -> {
                  now.incrementAndGet();
                  caller.interrupt();
                  try {
                    TimeUnit.SECONDS.sleep(PATIENCE_SECONDS);
                  } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                  } finally {
                    now.decrementAndGet();
                  }
                  return file;
                }));
    assertEquals(0, now.get());
    assertTrue(Thread.interrupted());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "It does not come");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
