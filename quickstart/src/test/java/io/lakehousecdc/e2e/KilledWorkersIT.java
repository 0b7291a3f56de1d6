// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Test of four tasks in two workers that write one Delta table in S3, while one worker after the
 * other is killed at a random moment, and the store once: {@code mvn verify -pl quickstart,package
 * -am -Dit.test=KilledWorkersIT -Dlakehousecdc.chaos.minutes=1 -Dlakehousecdc.chaos.seed=1}. It
 * takes three rounds, or as many as fit into the minutes; the seed chooses the load and the
 * moments.
 */
@EnabledIfSystemProperty(named = "lakehousecdc.chaos.minutes", matches = "[0-9]+")
class KilledWorkersIT {
  private static final int TASKS = 4;
  private static final int ROUNDS = 3;

  /** On a busy machine a worker may lose many races to the other. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final double HARMED_REQUESTS = 0.002;

  private final long seed = Long.getLong("lakehousecdc.chaos.seed", 1);
  private final Random random = new Random(seed);
  private final Stack stack = Lab.stack();
  private final ConnectWorker another = stack.startAnotherWorker();
  private final List<ConnectWorker> workers = List.of(stack.worker(), another);
  private final S3Warehouse lake = S3Warehouse.create();
  private final Scenario shop =
      new Scenario("killed", Load.TABLE)
          .set("topic.creation.default.partitions", "" + TASKS)
          .set("topic.creation.default.replication.factor", "1");
  private final Replica copy = new Replica(shop.name + "-s3", lake, shop.topic("load"));
  private final SourceTable table = new SourceTable(shop.source, "load");
  private final List<String> done = new ArrayList<>();
  private final Set<ConnectWorker> killed = new HashSet<>();

  @AfterEach
  void end() {
    List.copyOf(killed).forEach(this::restart);
    copy.delete();
    shop.close();
    another.close();
    lake.close();
  }

  @Test
  void noKillLosesOrDoublesARow() {
    copy.settings.put("tasks.max", "" + TASKS);
    copy.settings.put(
        "consumer.override.partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    copy.settings.put("consumer.override.session.timeout.ms", "6000");
    copy.settings.put("delta.checkpoint.interval", "10");
    copy.settings.put("delta.index.dir", Lab.temporaryDirectory().toString());
    shop.start();
    long statements;
    try (Load load = new Load(shop.source, seed)) {
      awaitProgress(load, 500);
      copy.register();
      lake.proxy().random(seed, HARMED_REQUESTS);
      run(load);
      lake.proxy().noFaults();
      statements = load.statements();
    }
    try {
      Scenario.connect().awaitRunning(copy.sinkName(), TASKS);
      copy.awaitEqual(table);
    } finally {
      System.out.printf("%d statements; seed %d: %s%n", statements, seed, done);
    }
    assertEquals(List.of(), failures());
    assertTrue(lake.proxy().harmed() > 0);
    Scenario.connect().stop(copy.sinkName());
    // Reads all files of the last version, also where the last task has tidied up since.
    List<String> columns = table.columns();
    assertEquals(table.rows(columns), table.asWritten(lake.rows(table.name(), columns), columns));
  }

  private void run(Load load) {
    long minutes = Long.getLong("lakehousecdc.chaos.minutes", 0);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
    for (int round = 0; round < ROUNDS || System.nanoTime() < end; round++) {
      awaitTasksIn(workers);
      awaitCommitsOfAll();
      awaitProgress(load, random.nextInt(1_000));
      if (round % ROUNDS == 1) {
        killStore(load);
      }
      ConnectWorker victim = workers.get(round % workers.size());
      ConnectWorker other = workers.get((round + 1) % workers.size());
      kill(victim);
      switch (round % 3) {
        case 0 -> {
          done.add("taken over");
          awaitTasksIn(List.of(other));
        }
        case 1 -> done.add("restarted at once");
        default -> {
          done.add("both killed");
          awaitProgress(load, random.nextInt(1_000));
          kill(other);
          restart(other);
        }
      }
      restart(victim);
    }
    awaitTasksIn(workers);
    awaitCommitsOfAll();
  }

  private void kill(ConnectWorker worker) {
    killed.add(worker);
    worker.kill9();
  }

  private void restart(ConnectWorker worker) {
    worker.restart();
    killed.remove(worker);
  }

  private void killStore(Load load) {
    done.add("store killed");
    lake.server().kill9();
    awaitProgress(load, random.nextInt(500));
    lake.server().restart();
  }

  /** Waits until all tasks run, and each of these workers, and no other, has some. */
  private void awaitTasksIn(List<ConnectWorker> expected) {
    Set<String> addresses = new TreeSet<>();
    expected.forEach(worker -> addresses.add(worker.rest().uri().getAuthority()));
    Await.until(
        TASKS + " tasks run in " + addresses,
        () -> {
          JsonNode tasks = expected.get(0).rest().status(copy.sinkName()).path("tasks");
          Set<String> found = new TreeSet<>();
          int running = 0;
          for (JsonNode task : tasks) {
            found.add(task.path("worker_id").asText());
            running += task.path("state").asText().equals("RUNNING") ? 1 : 0;
          }
          return running == TASKS && found.equals(addresses);
        });
  }

  /** Waits until each worker has committed again: a task that runs may not have partitions yet. */
  private void awaitCommitsOfAll() {
    Map<ConnectWorker, Double> least = new HashMap<>();
    Set<ConnectWorker> writing = new HashSet<>();
    Await.until(
        "all workers write to the table",
        PATIENCE,
        () -> {
          for (ConnectWorker worker : workers) {
            double commits =
                Exposition.of(worker.metrics())
                    .sum(
                        "lakehousecdc_sink_commits_total", "connector=\"" + copy.sinkName() + "\"");
            if (commits > least.merge(worker, commits, Math::min)) {
              writing.add(worker);
            }
          }
          return writing.size() == workers.size();
        });
  }

  /** What workers have logged of tasks of the sink that ended by a failure. */
  private List<String> failures() {
    return workers.stream()
        .flatMap(worker -> worker.logs().lines())
        .filter(line -> Stream.of(copy.sinkName(), "unrecoverable").allMatch(line::contains))
        .toList();
  }

  private static void awaitProgress(Load load, long statements) {
    long goal = load.statements() + statements;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }
}
