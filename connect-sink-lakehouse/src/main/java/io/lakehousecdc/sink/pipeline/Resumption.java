package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Compares where reading begins with where the target is, once per partition taken over. */
final class Resumption {
  private final Map<SourcePartition, Long> expected = new HashMap<>();

  void expect(SourcePartition partition, long nextOffset) {
    expected.put(partition, nextOffset);
  }

  void forget(SourcePartition partition) {
    expected.remove(partition);
  }

  /** Offset to go back to, where reading would begin beyond it. */
  OptionalLong check(SourcePartition partition, long next) {
    Long wanted = expected.remove(partition);
    return wanted != null && wanted < next ? OptionalLong.of(wanted) : OptionalLong.empty();
  }
}
