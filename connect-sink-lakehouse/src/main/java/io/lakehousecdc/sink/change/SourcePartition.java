// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import static java.util.Objects.requireNonNull;

/** A partition of a Kafka topic, by the topic's original name (before transforms renamed it). */
public record SourcePartition(String topic, int partition) {
  public SourcePartition {
    requireNonNull(topic, "topic");
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
