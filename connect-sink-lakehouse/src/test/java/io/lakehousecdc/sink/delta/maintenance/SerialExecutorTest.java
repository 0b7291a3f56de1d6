// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final SerialExecutor executor = new SerialExecutor(threads, "one");

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void doesOneThingAfterTheOtherInTheirOrder() throws InterruptedException {
    List<Integer> done = new ArrayList<>();
    List<String> names = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch last = new CountDownLatch(1_000);
    IntStream.range(0, 1_000)
        .forEach(
            i ->
                executor.execute(
                    () -> {
                      done.add(i);
                      names.add(Thread.currentThread().getName());
                      last.countDown();
                    }));
    assertTrue(last.await(1, TimeUnit.MINUTES));
    assertEquals(IntStream.range(0, 1_000).boxed().toList(), done);
    assertTrue(names.stream().allMatch("one"::equals));
  }

  @Test
  void goesOnAfterAFailure() throws InterruptedException {
    CountDownLatch next = new CountDownLatch(1);
    executor.execute(
        () -> {
          throw new IllegalStateException("injected");
        });
    executor.execute(next::countDown);
    assertTrue(next.await(1, TimeUnit.MINUTES));
  }

  @Test
  void ofManyOneThatTakesLongHoldsUpNoOtherWhileThereIsAThread() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch other = new CountDownLatch(1);
    executor.execute(() -> await(never));
    executor.execute(() -> await(never));
    new SerialExecutor(threads, "other").execute(other::countDown);
    assertTrue(other.await(1, TimeUnit.MINUTES));
    never.countDown();
  }

  @Test
  void shutdownWaitsForWhatHasBegunAndDropsTheRest() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    List<Integer> done = Collections.synchronizedList(new ArrayList<>());
    executor.execute(
        () -> {
          begun.countDown();
          await(goesOn);
          done.add(1);
        });
    executor.execute(() -> done.add(2));
    assertTrue(begun.await(1, TimeUnit.MINUTES));
    executor.shutdown();
    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> done.add(3)));
    assertFalse(executor.isTerminated());
    goesOn.countDown();
    assertTrue(executor.awaitTermination(1, TimeUnit.MINUTES));
    assertEquals(List.of(1), done);
  }

  @Test
  void endsAtOnceWhereAllThreadsAreAtWorkForOthers() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      threads.execute(() -> await(never));
    }
    executor.execute(() -> {});
    executor.shutdown();
    assertTrue(executor.awaitTermination(0, TimeUnit.SECONDS));
    never.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
