// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.util.Map;
import java.util.Optional;

/**
 * The advice on how Kafka spreads partitions over the tasks of a connector. Its default assigns
 * each topic on its own, from the first consumer on: of topics with one partition, as Debezium
 * makes them, all go to the same task. Stateless.
 *
 * @see <a
 *     href="https://kafka.apache.org/documentation/#consumerconfigs_partition.assignment.strategy">
 *     partition.assignment.strategy</a>
 */
final class AssignmentAdvice {
  private static final String STRATEGY = "consumer.override.partition.assignment.strategy";
  private static final String PROTOCOL = "consumer.override.group.protocol";

  private AssignmentAdvice() {}

  /** What to warn of in a connector's configuration; empty where nothing is amiss. */
  static Optional<String> of(Map<String, String> configuration) {
    int tasks = Integer.parseInt(configuration.getOrDefault("tasks.max", "1").strip());
    if (tasks < 2 || configuration.containsKey(STRATEGY) || isOneTopic(configuration)) {
      return Optional.empty();
    }
    if ("consumer".equalsIgnoreCase(configuration.get(PROTOCOL))) {
      // The broker assigns then, over all topics, and a strategy would be refused.
      return Optional.empty();
    }
    return Optional.of(
        "tasks.max is "
            + tasks
            + ", but Kafka's default gives topics of one partition all to the same task. Unless the"
            + " worker sets consumer.partition.assignment.strategy or consumer.group.protocol, set "
            + STRATEGY
            + " to org.apache.kafka.clients.consumer.CooperativeStickyAssignor.");
  }

  /** Its partitions are spread evenly by any strategy. */
  private static boolean isOneTopic(Map<String, String> configuration) {
    String topics = configuration.get("topics");
    return topics != null && !topics.contains(",");
  }
}
