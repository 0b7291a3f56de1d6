// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** The broker as its project's image; skipped, and reported as skipped, without Docker. */
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
class ContainerBrokerIT {
  @Container private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.3.1");

  @Test
  void brokerOfTheImageTakesAndGivesRecords() {
    try (KafkaClient client = new KafkaClient(KAFKA.getBootstrapServers())) {
      client.createTopic("t", 1);
      client.produce("t", 0, "k", "v");
      assertEquals(List.of("v"), client.values("t"));
    }
  }
}
