// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Changes that were skipped: how many for each reason, and an example for each reason and table.
 * Immutable.
 *
 * @param counts numbers by reason; reasons without any are left out
 * @param examples at most one for each table and reason
 */
public record Skips(Map<SkipReason, Long> counts, List<SkippedChange> examples) {

  /** Nothing was skipped. */
  public static final Skips NONE = new Skips(Map.of(), List.of());

  public Skips {
    counts = Map.copyOf(counts);
    examples = List.copyOf(examples);
  }

  /** So many of one reason, without an example. */
  public static Skips of(SkipReason reason, long count) {
    return count == 0 ? NONE : new Skips(Map.of(reason, count), List.of());
  }

  /** One change. */
  public static Skips of(SkippedChange change) {
    return new Skips(Map.of(change.reason(), 1L), List.of(change));
  }

  /** All together. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Both. */
  public Skips plus(Skips other) {
    if (counts.isEmpty()) {
      return other;
    }
    if (other.counts.isEmpty()) {
      return this;
    }
    Map<SkipReason, Long> sums = new EnumMap<>(counts);
    other.counts.forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    List<SkippedChange> both = new ArrayList<>(examples);
    for (SkippedChange each : other.examples) {
      boolean known =
          examples.stream()
              .anyMatch(
                  mine -> mine.reason() == each.reason() && mine.table().equals(each.table()));
      if (!known) {
        both.add(each);
      }
    }
    return new Skips(sums, both);
  }
}
