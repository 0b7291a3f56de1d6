package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Compares where reading begins with where the target is, once per partition taken over. */
final class Resumption {
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
    return wanted != null && wanted < next ? OptionalLong.of(wanted) : OptionalLong.empty();
  }

  /**
   * Offset to go back to, where the first change of an unknown partition is not its first record.
   */
  OptionalLong checkFirstChange(SourcePartition partition, long offset) {
    return unknown.remove(partition) && offset > 0 ? OptionalLong.of(0) : OptionalLong.empty();
  }
}
