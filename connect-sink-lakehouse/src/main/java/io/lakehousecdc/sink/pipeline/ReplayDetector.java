// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.Ties;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Recognises streamed events of one partition that the source has emitted again, for a log in which
 * every change is a row. Below the high-water mark position alone tells. At it, several changes may
 * share a position (COPY, a changed key): those seen are remembered, and after a restart their
 * number and the first of them, since a source emits again in the same order.
 */
final class ReplayDetector {
  private static final int MAX_REMEMBERED = 1_000_000;

  private final Set<Long> seen = new HashSet<>();
  private Position at;
  private int count;
  private long first;
  private boolean restored = true;
  private int stillRepeated;

  /**
   * @param state state that the partition was taken over with
   */
  ReplayDetector(PartitionState state) {
    at = state.highWater();
    count = state.ties().count();
    first = state.ties().first();
  }

  /** Position of the changes that {@link #ties} counts. */
  Position position() {
    return at;
  }

  Ties ties() {
    return new Ties(count, first);
  }

  boolean isRepeated(FilterDecision decision, RowEvent row) {
    if (decision.verdict() == FilterDecision.Verdict.REPEATED) {
      return true;
    }
    long fingerprint = fingerprint(row);
    if (at.isBelow(decision.position())) {
      begin(decision.position(), fingerprint);
      return false;
    }
    if (!at.equals(decision.position())) {
      return false;
    }
    if (restored) {
      return isRepeatedSinceRestart(fingerprint);
    }
    if (seen.size() < MAX_REMEMBERED && !seen.add(fingerprint)) {
      return true;
    }
    count++;
    return false;
  }

  private void begin(Position position, long fingerprint) {
    restored = false;
    seen.clear();
    seen.add(fingerprint);
    at = position;
    count = 1;
    first = fingerprint;
  }

  private boolean isRepeatedSinceRestart(long fingerprint) {
    if (stillRepeated > 0) {
      stillRepeated--;
      return true;
    }
    if (count > 0 && fingerprint == first) {
      stillRepeated = count - 1;
      return true;
    }
    count++;
    if (count == 1) {
      first = fingerprint;
    }
    return false;
  }

  /** The same in every JVM. */
  private static long fingerprint(RowEvent row) {
    long what = 31L * row.table().toString().hashCode() + row.operation().code().hashCode();
    long which = row.key().size() > 0 ? row.key().hashCode() : values(row);
    return what * 0x9E3779B97F4A7C15L ^ which * 0xC2B2AE3D27D4EB4FL;
  }

  private static long values(RowEvent row) {
    Object[] cells = row.after() != null ? row.after() : row.before();
    long result = 1;
    for (int i = 0; cells != null && i < cells.length; i++) {
      Object cell = cells[i];
      int one =
          cell instanceof byte[] bytes
              ? java.util.Arrays.hashCode(bytes)
              : cell instanceof Cell placeholder
                  ? placeholder.name().hashCode()
                  : Objects.hashCode(cell);
      result = 31 * result + one;
    }
    return result;
  }
}
