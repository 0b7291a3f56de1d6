// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.tools.FedSink;
import io.lakehousecdc.tools.erase.People.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
  private static KafkaBroker broker;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    broker = KafkaBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void topicsAreReadAndTellUntilWhenTheyHoldTheKeyAndAnEventIsSent() throws IOException {
    broker
        .client()
        .createTopic(
            People.TABLE.topic(), 2, Map.of("retention.ms", "86400000", "segment.ms", "3600000"));
    broker.client().createTopic("dead", 1, Map.of("cleanup.policy", "compact"));
    broker.client().createTopic("customer.erasure", 1);
    String key = "{\"id\":42}";
    broker
        .client()
        .produce(
            People.TABLE.topic(), 0, key, "{\"before\":null,\"after\":{\"id\":42},\"op\":\"c\"}");
    broker.client().produce(People.TABLE.topic(), 1, key, null);
    broker.client().produce(People.TABLE.topic(), 1, "{\"id\":421}", "{\"after\":{\"id\":421}}");
    broker
        .client()
        .produce(
            "dead",
            0,
            "{\"schema\":null,\"payload\":{\"id\":42}}",
            "{\"schema\":null,\"payload\":{\"after\":{\"id\":42}}}");
    broker.client().produce("dead", 0, "k", "not JSON");

    Map<String, String> settings = new HashMap<>(People.configuration("delta"));
    settings.put("delta.root", Files.createDirectory(directory.resolve("root")).toString());
    settings.put("delete.mode", "soft");
    settings.put("errors.deadletterqueue.topic.name", "dead");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
    }
    Outcome run =
        People.erase(
            directory,
            settings,
            "--log-age=PT0S",
            "--bootstrap",
            broker.bootstrapServers(),
            "--topic",
            "customer.erasure");

    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("2 x topic in " + People.TABLE.topic()), run.out());
    assertTrue(run.out().contains("gone by "), run.out());
    assertTrue(run.out().contains("retention.ms=86400000"), run.out());
    assertTrue(run.out().contains("1 x topic in dead"), run.out());
    assertTrue(run.out().contains("max.compaction.lag.ms is not set"), run.out());
    assertTrue(run.out().contains("1 records are no JSON"), run.out());
    List<String> events = broker.client().values("customer.erasure");
    assertEquals(1, events.size());
    assertTrue(events.get(0).contains("\"table\":\"shop.people\""), events.get(0));
    assertTrue(events.get(0).contains("soft-deleted row"), events.get(0));
    for (String secret : People.SECRETS) {
      assertFalse(events.get(0).contains(secret), events.get(0));
    }
  }
}
