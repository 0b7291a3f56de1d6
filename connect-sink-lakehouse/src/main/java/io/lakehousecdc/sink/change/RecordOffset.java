// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/** Where a record lies in Kafka, before transformations touched it. */
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
