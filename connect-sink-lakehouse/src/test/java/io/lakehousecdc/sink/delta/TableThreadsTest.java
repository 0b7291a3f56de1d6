// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TableThreadsTest {
  private static final List<Integer> TABLES = IntStream.range(0, 100).boxed().toList();

  private final TableThreads threads = new TableThreads(4, "test");

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  void resultsComeInTheOrderOfTheTables() {
    List<Integer> results = new ArrayList<>();
    threads.each(TABLES, table -> 2 * table, results::add);
    assertEquals(TABLES.stream().map(table -> 2 * table).toList(), results);
  }

  @Test
  void noMoreTablesThanAllowedAreWorkedOnAtATime() {
    AtomicInteger working = new AtomicInteger();
    Set<Integer> seen = Collections.synchronizedSet(new TreeSet<>());
    threads.each(
        TABLES,
        table -> {
          seen.add(working.incrementAndGet());
          Thread.onSpinWait();
          return working.decrementAndGet();
        },
        done -> {});
    assertTrue(Collections.max(seen) <= 4, seen::toString);
  }

  @Test
  void oneThatFailsKeepsNoOtherFromItsTurn() {
    List<Integer> results = new ArrayList<>();
    assertThrows(
        RetriableException.class,
        () ->
            threads.each(
                TABLES,
                table -> {
                  if (table == 3) {
                    throw new RetriableException("full");
                  }
                  return table;
                },
                results::add));
    assertEquals(TABLES.stream().filter(table -> table != 3).toList(), results);
  }

  @Test
  void gravestOfSeveralFailuresIsThrown() {
    RuntimeException retriable = new RetriableException("full");
    RuntimeException record =
        new RecordException("long", new TableId("s", "t"), RowKey.of(1), null);
    RuntimeException fatal = new FatalException("feature");
    RuntimeException fenced = new FencedException("owner");
    assertSame(record, thrown(retriable, record, retriable));
    assertSame(fatal, thrown(record, fatal, retriable));
    assertSame(fenced, thrown(fatal, retriable, fenced));
  }

  private RuntimeException thrown(RuntimeException... failures) {
    return assertThrows(
        RuntimeException.class,
        () ->
            threads.each(
                List.of(failures),
                failure -> {
                  throw failure;
                },
                done -> {}));
  }

  @Test
  void interruptOfTheCallerEndsTheOthersToo() {
    CountDownLatch working = new CountDownLatch(3);
    CountDownLatch never = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    AtomicInteger begun = new AtomicInteger();
    assertThrows(
        RetriableException.class,
        () ->
            threads.each(
                TABLES,
                table -> {
                  begun.incrementAndGet();
                  try {
                    if (Thread.currentThread() == caller) {
                      working.await(1, TimeUnit.MINUTES);
                      caller.interrupt();
                    } else {
                      working.countDown();
                      never.await();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RetriableException("interrupted");
                  }
                  return table;
                },
                done -> {}));
    assertTrue(Thread.interrupted());
    assertEquals(4, begun.get());
    List<Integer> results = new ArrayList<>();
    threads.each(TABLES, table -> table, results::add);
    assertEquals(TABLES, results);
  }
}
