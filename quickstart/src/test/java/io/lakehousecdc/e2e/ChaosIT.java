// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.testkit.Stack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Faults of all parts, one after the other, for as many minutes as the system property {@code
 * lakehousecdc.chaos.minutes} says, while changes are written: {@code mvn verify -pl
 * quickstart,package -am -Dit.test=ChaosIT -Dlakehousecdc.chaos.minutes=15
 * -Dlakehousecdc.chaos.seed=1}. No sink's task fails, none needs a hand, and in the end the copies
 * equal the source: in PostgreSQL, in Delta, and in a PostgreSQL whose standby was promoted.
 */
@EnabledIfSystemProperty(named = "lakehousecdc.chaos.minutes", matches = "[0-9]+")
class ChaosIT {
  private static final List<Integer> TASKS = List.of(1, 4, 2);
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Stack stack = Lab.stack();
  private final long seed = Long.getLong("lakehousecdc.chaos.seed", 1);
  private final Random random = new Random(seed);
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<String> done = new ArrayList<>();
  private final PostgresServer primary = PostgresServer.builder().name("primary").start();
  private final PostgresServer standby = primary.standby();
  private final Scenario shop =
      new Scenario("chaos", Load.TABLE)
          .set("topic.creation.default.partitions", "4")
          .set("topic.creation.default.replication.factor", "1");
  private final Replicas copies = shop.replicas("copies").withQueues();
  private final PostgresWarehouse promoted =
      new PostgresWarehouse(standby.database(primary.database().name()));
  private final Replica failover = failover();
  private int configured;

  @Test
  void everyFaultThatPassesIsSurvived() {
    long end =
        System.nanoTime()
            + TimeUnit.MINUTES.toNanos(Long.getLong("lakehousecdc.chaos.minutes", 15));
    shop.start();
    failover.register();
    failover.awaitRunning();
    Thread watch = new Thread(this::watch, "watch");
    watch.setDaemon(true);
    watch.start();
    long statements;
    try (Load load = new Load(shop.source, seed)) {
      long half = System.nanoTime() + (end - System.nanoTime()) / 2;
      while (System.nanoTime() < half) {
        awaitProgress(load);
        fault();
      }
      primary.stop();
      standby.promote();
      done.add("promoted");
      while (System.nanoTime() < end) {
        awaitProgress(load);
        fault();
      }
      statements = load.statements();
    }
    try {
      copies.awaitEqual("load");
      failover.awaitEqual(new SourceTable(shop.source, "load"));
      copies.assertNoneRejected();
    } finally {
      System.out.println(statements + " statements; faults " + done + "; failed " + failures);
    }
    watch.interrupt();
    assertEquals(List.of(), failures);
    failover.delete();
    shop.close();
    standby.close();
    primary.close();
  }

  private void fault() {
    switch (random.nextInt(6)) {
      case 0 -> {
        done.add("target");
        stack.target().stop();
        stack.target().restart();
      }
      case 1 -> {
        done.add("sessions");
        copies.postgres().terminateSessions();
      }
      case 2 -> {
        done.add("broker");
        stack.kafka().kill9();
        stack.kafka().restart();
      }
      case 3 -> {
        done.add("source");
        untilDone(() -> Scenario.connect().restart(shop.sourceName()));
      }
      case 4 -> {
        done.add("slot");
        shop.source.execute(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where active");
      }
      default -> {
        configured++;
        String tasks = "" + TASKS.get(configured % TASKS.size());
        done.add("tasks=" + tasks);
        List<Replica> all = new ArrayList<>(copies.all());
        all.add(failover);
        for (Replica replica : all) {
          replica.settings.put("tasks.max", tasks);
          untilDone(replica::configure);
        }
      }
    }
    awaitSource();
  }

  /** A worker refuses requests while it divides tasks anew. */
  private static void untilDone(Runnable request) {
    Await.until(
        "the worker takes a request",
        () -> {
          request.run();
          return true;
        });
  }

  /** The source's task is not under test: where it has given up, it is restarted. */
  private void awaitSource() {
    Await.until(
        "the source runs",
        () -> {
          JsonNode tasks = Scenario.connect().status(shop.sourceName()).path("tasks");
          if (tasks.path(0).path("state").asText().equals("FAILED")) {
            Scenario.connect().restart(shop.sourceName());
          }
          return tasks.path(0).path("state").asText().equals("RUNNING");
        });
  }

  private void watch() {
    List<String> sinks = new ArrayList<>(List.of(failover.sinkName()));
    copies.all().forEach(replica -> sinks.add(replica.sinkName()));
    while (!Thread.currentThread().isInterrupted()) {
      for (String sink : sinks) {
        try {
          JsonNode status = Scenario.connect().status(sink);
          if (status.toString().contains("FAILED")) {
            failures.add(done + ": " + status);
          }
        } catch (RuntimeException | AssertionError e) {
          // The worker does not answer while it divides tasks anew.
          continue;
        }
      }
      LockSupport.parkNanos(WATCH_NANOS);
    }
  }

  private static void awaitProgress(Load load) {
    long goal = load.statements() + 2_000;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }

  private Replica failover() {
    Replica replica = new Replica(shop.name + "_failover", promoted, shop.name + "\\.public\\..*");
    replica.settings.put(
        "postgres.url",
        "jdbc:postgresql://%s:%d,%s:%d/%s"
            .formatted(
                primary.host(),
                primary.port(),
                standby.host(),
                standby.port(),
                primary.database().name()));
    return replica;
  }
}
