// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistrarTest {
  private final Asked catalog = new Asked();
  private final Registrar registrar =
      new Registrar(catalog, new Backoff(Duration.ofMillis(2), Duration.ofMillis(20)));

  /** A catalogue that writes down what it is asked, and fails as told. */
  private static final class Asked implements Catalog {
    final List<String> asked = new ArrayList<>();
    final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    final CountDownLatch interrupted = new CountDownLatch(1);
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Outcome register(CatalogTable table) throws CatalogException {
      synchronized (asked) {
        asked.add(table.name() + " " + table.schemaJson());
      }
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        interrupted.countDown();
        throw CatalogException.unavailable("x", "interrupted", e);
      }
      Exception failure = failures.poll();
      if (failure instanceof CatalogException told) {
        throw told;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return Outcome.CREATED;
    }

    @Override
    public void check() {}

    List<String> asked() {
      synchronized (asked) {
        return List.copyOf(asked);
      }
    }
  }

  @AfterEach
  void close() {
    registrar.close();
  }

  @Test
  void tableIsRegisteredOnceUntilItChanges() {
    registrar.seen(table("t", "one"));
    awaitNothingPending();
    registrar.seen(table("t", "one"));
    registrar.seen(table("t", "two"));
    awaitNothingPending();

    assertEquals(List.of("t one", "t two"), catalog.asked());
    assertEquals(2, registrar.registered());
  }

  @Test
  void tablesOfTwoRootsMayHaveOneName() {
    CatalogTable one = table("t", "one");
    CatalogTable other =
        new CatalogTable(one.id(), "s3://other/s/t", "other", "other", List.of(), Optional.empty());
    for (int i = 0; i < 3; i++) {
      registrar.seen(one);
      registrar.seen(other);
      awaitNothingPending();
    }

    assertEquals(List.of("t one", "t other"), catalog.asked());
  }

  @Test
  void onlyTheNewestStateOfATableWaits() {
    catalog.gate = new CountDownLatch(1);
    registrar.seen(table("t", "one"));
    Await.untilEquals(1, () -> catalog.asked().size());
    for (int i = 0; i < 1000; i++) {
      registrar.seen(table("t", "later " + i));
    }

    assertEquals(1, registrar.pending());
    catalog.gate.countDown();
    awaitNothingPending();
    assertEquals(List.of("t one", "t later 999"), catalog.asked());
  }

  @Test
  void failedRegistrationIsRetried() {
    catalog.failures.add(CatalogException.refused("x", "no"));
    catalog.failures.add(CatalogException.unavailable("x", "down", null));
    catalog.failures.add(new IllegalStateException("a defect"));

    registrar.seen(table("t", "one"));
    awaitNothingPending();

    assertEquals(4, catalog.asked().size());
    assertEquals(3, registrar.failures());
    assertEquals(1, registrar.registered());
  }

  @Test
  void tableThatIsRefusedDoesNotHoldUpOthers() {
    for (int i = 0; i < 20; i++) {
      catalog.failures.add(CatalogException.refused("x", "no"));
    }
    for (int i = 0; i < 5; i++) {
      registrar.seen(table("t" + i, "one"));
    }
    awaitNothingPending();

    assertEquals(5, registrar.registered());
    assertEquals(20, registrar.failures());
  }

  @Test
  void tableWhoseNameIsTakenIsLeftAloneUntilItChanges() {
    catalog.failures.add(CatalogException.taken("other"));

    registrar.seen(table("t", "one"));
    awaitNothingPending();
    registrar.seen(table("t", "one"));

    assertEquals(1, registrar.failures());
    assertEquals(0, registrar.registered());
    registrar.seen(table("t", "two"));
    awaitNothingPending();
    assertEquals(List.of("t one", "t two"), catalog.asked());
  }

  @Test
  void endInterruptsWhatIsAskedAndWaitsForNothing() throws InterruptedException {
    catalog.gate = new CountDownLatch(1);
    registrar.seen(table("t", "one"));
    registrar.seen(table("u", "one"));
    Await.untilEquals(1, () -> catalog.asked().size());

    registrar.close();

    catalog.interrupted.await();
    registrar.seen(table("v", "one"));
    assertEquals(1, catalog.asked().size());
  }

  @Test
  void pausesGrowToALimit() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    assertTrue(backoff.nanos(1) <= Duration.ofSeconds(1).toNanos());
    assertTrue(backoff.nanos(4) >= Duration.ofSeconds(4).toNanos());
    assertTrue(backoff.nanos(1000) <= Duration.ofMinutes(5).toNanos());
    assertTrue(backoff.nanos(1000) >= Duration.ofMinutes(2).toNanos());
  }

  private void awaitNothingPending() {
    Await.untilEquals(0L, registrar::pending);
  }

  private static CatalogTable table(String name, String schema) {
    return new CatalogTable(
        new TableId("s", name), "s3://b/s/" + name, "id", schema, List.of(), Optional.empty());
  }
}
