// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.Stack;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Test of a source that emits parts of a COPY again, on the whole stack and in all targets. */
class RepeatedCopyIT {
  private static final Stack STACK = Lab.stack();
  private static final KafkaClient KAFKA = STACK.kafka().client();
  private static final int ROWS = 100_000;
  private static final int DIFFERENCES = 10;

  /** Half of the rows are identical neighbours, the others are ten of each kind, far apart. */
  private static final String COPY =
      "copy entry from program $$seq 1 "
          + ROWS
          + " | sed -e 's/.*[0-4]$/0/' -e 's/^.*\\(....\\)$/\\1/'$$";

  private static final String LAST = "the last row";

  @Test
  void case43ACopyWithoutKeysIsLoggedOnceThoughItsSourceIsKilled() {
    try (Scenario shop = new Scenario("copied", "create table entry (v text)");
        ConnectWorker worker = worker(shop)) {
      Replicas log = start(shop, worker);
      shop.source.execute("insert into entry values ('the first row')");
      log.awaitEqual("entry");
      shop.source.execute(COPY);
      killWhenEmitted(worker, shop, ROWS / 5);
      log.all().forEach(replica -> Scenario.connect().restart(replica.sinkName()));
      killWhenEmitted(worker, shop, ROWS / 2);
      STACK.worker().kill9();
      STACK.worker().restart();
      log.all().forEach(Replica::awaitRunning);
      killWhenEmitted(worker, shop, 4 * ROWS / 5);
      assertIsLoggedOnce(shop, log);
    }
  }

  @Test
  void case43ACopyThatIsTheFirstTransactionOfItsConnectorIsLoggedOnce() {
    try (Scenario shop = new Scenario("first_copied", "create table entry (v text)");
        ConnectWorker worker = worker(shop)) {
      Replicas log = start(shop, worker);
      shop.source.execute(COPY);
      killWhenEmitted(worker, shop, ROWS / 5);
      assertIsLoggedOnce(shop, log);
    }
  }

  /** A worker for the source only, which can be killed without the sinks. */
  private static ConnectWorker worker(Scenario shop) {
    return ConnectWorker.builder(STACK.kafka().bootstrapServers())
        .group(shop.name)
        .plugins(Plugins.debezium())
        .start();
  }

  private static Replicas start(Scenario shop, ConnectWorker worker) {
    Replicas log = shop.replicas("log").set("write.mode", "append").withQueues();
    worker.rest().register(shop.sourceName(), shop.sourceSettings);
    Scenario.awaitStreaming(shop.source, shop.sourceName());
    log.start();
    return log;
  }

  /** Kills the source's worker once there are so many events, and starts it again. */
  private static void killWhenEmitted(ConnectWorker worker, Scenario shop, int events) {
    Await.until(
        events + " events have been emitted", () -> KAFKA.count(shop.topic("entry")) >= events);
    worker.kill9();
    worker.restart();
  }

  private static void assertIsLoggedOnce(Scenario shop, Replicas log) {
    shop.source.execute("insert into entry values ('%s')".formatted(LAST));
    Await.until("all rows have been emitted", () -> KAFKA.count(shop.topic("entry")) > ROWS);
    Map<String, Long> expected = counts(new SourceTable(shop.source, "entry").rows(List.of("v")));
    log.each(
        "rows",
        replica -> {
          Await.until(LAST, () -> rows(replica).contains(List.of(LAST)));
          assertEquals("", differences(expected, counts(rows(replica))));
        });
    log.assertUndisturbed();
    long rows = expected.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(KAFKA.count(shop.topic("entry")) > rows, "nothing was emitted again");
  }

  private static List<List<String>> rows(Replica replica) {
    return replica.warehouse.rows("entry", List.of("v"));
  }

  /** Some values whose numbers of rows differ; empty without any. */
  private static String differences(Map<String, Long> expected, Map<String, Long> found) {
    return Stream.concat(expected.keySet().stream(), found.keySet().stream())
        .distinct()
        .filter(value -> !expected.getOrDefault(value, 0L).equals(found.get(value)))
        .limit(DIFFERENCES)
        .map(
            value ->
                "%s: %d rows, not %d"
                    .formatted(value, found.getOrDefault(value, 0L), expected.get(value)))
        .collect(joining("; "));
  }

  private static Map<String, Long> counts(List<List<String>> rows) {
    return rows.stream().collect(groupingBy(row -> row.get(0), TreeMap::new, counting()));
  }
}
