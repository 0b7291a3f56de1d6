// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.warehouse.DemoFailure;
import io.lakehousecdc.testkit.KafkaClient;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The progress of a consumer group in some topics.
 *
 * @param ends next offset of each partition
 * @param committed the group's next offset, where it has one
 */
record TopicProgress(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
  /** Reads it from the broker; all topics must exist, with one partition each. */
  static TopicProgress read(KafkaClient kafka, String group, Set<String> topics) {
    Map<TopicPartition, OffsetSpec> partitions =
        topics.stream()
            .collect(
                Collectors.toMap(
                    topic -> new TopicPartition(topic, 0), topic -> OffsetSpec.latest()));
    try {
      Map<TopicPartition, Long> ends =
          kafka.admin().listOffsets(partitions).all().get().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
      return new TopicProgress(ends, kafka.groupOffsets(group));
    } catch (ExecutionException e) {
      throw new DemoFailure(
          "Kafka does not tell the ends of %s: %s".formatted(topics, e.getCause().getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }

  private static long offset(ListOffsetsResult.ListOffsetsResultInfo info) {
    return info.offset();
  }

  /** Records of the topic that the group has finished. */
  long applied(String topic) {
    return committed.getOrDefault(new TopicPartition(topic, 0), 0L);
  }

  /** Records of the topic that the group has still to finish. */
  long lag(String topic) {
    return Math.max(0, ends.getOrDefault(new TopicPartition(topic, 0), 0L) - applied(topic));
  }
}
