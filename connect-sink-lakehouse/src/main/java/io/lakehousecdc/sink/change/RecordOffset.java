// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/**
 * The topic, partition and offset of a record in Kafka, by the topic's original name (before
 * transforms renamed it).
 *
 * @param partition topic and partition
 * @param offset offset in the partition
 */
public record RecordOffset(SourcePartition partition, long offset) {
  @Override
  public String toString() {
    return "topic "
        + partition.topic()
        + ", partition "
        + partition.partition()
        + ", offset "
        + offset;
  }
}
