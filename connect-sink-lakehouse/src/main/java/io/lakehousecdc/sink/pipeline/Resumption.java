// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares where reading begins with where the target is, once per partition taken over. */
final class Resumption {
  private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

  private final Map<SourcePartition, Long> expected = new HashMap<>();
  private final Set<SourcePartition> unknown = new HashSet<>();

  void expect(SourcePartition partition, long nextOffset) {
    expected.put(partition, nextOffset);
  }

  /** The target holds nothing of the partition. */
  void expectFromStart(SourcePartition partition) {
    unknown.add(partition);
  }

  void forget(SourcePartition partition) {
    expected.remove(partition);
    unknown.remove(partition);
  }

  /** Offset to go back to, where reading would begin beyond it. */
  OptionalLong check(SourcePartition partition, long next) {
    Long wanted = expected.remove(partition);
    if (wanted == null || wanted >= next) {
      return OptionalLong.empty();
    }
    LOG.warn(
        "{}: Kafka would go on at offset {}, but the target is at {}: reading again from there",
        partition,
        next,
        wanted);
    return OptionalLong.of(wanted);
  }

  /**
   * Offset to go back to, where the first change of an unknown partition is not its first record.
   */
  OptionalLong checkFirstChange(RecordOffset first) {
    if (!unknown.remove(first.partition()) || first.offset() == 0) {
      return OptionalLong.empty();
    }
    LOG.warn(
        "{}: the target holds nothing of this partition, reading it from its beginning", first);
    return OptionalLong.of(0);
  }
}
