// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of skipped changes: counts all of them, and logs the first of each reason, table and hour.
 * Thread-safe.
 */
final class SkipLog {
  private static final Logger LOG = LoggerFactory.getLogger(SkipLog.class);
  private static final long PAUSE_NANOS = Duration.ofHours(1).toNanos();
  private static final int MAX_REMEMBERED = 10_000;

  private final SinkMetrics metrics;
  private final Map<Told, Long> toldAt = new HashMap<>();

  private record Told(TableId table, SkipReason reason) {}

  SkipLog(SinkMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * @param entries of the batch that the changes were in
   */
  synchronized void skipped(Skips skips, Collection<Entry> entries) {
    skips.counts().forEach(metrics::skipped);
    for (SkippedChange each : skips.examples()) {
      if (isDue(each)) {
        tell(each, entry(each, entries));
      }
    }
  }

  private boolean isDue(SkippedChange change) {
    Told told = new Told(change.table(), change.reason());
    long now = System.nanoTime();
    Long before = toldAt.get(told);
    if (before != null && now - before < PAUSE_NANOS) {
      return false;
    }
    if (toldAt.size() >= MAX_REMEMBERED) {
      toldAt.clear();
    }
    toldAt.put(told, now);
    return true;
  }

  private static Optional<Entry> entry(SkippedChange change, Collection<Entry> entries) {
    return entries.stream()
        .filter(
            entry ->
                entry.position().equals(change.position())
                    && entry.event() instanceof RowEvent row
                    && (row.key().equals(change.key()) || change.key().equals(row.formerKey())))
        .findFirst();
  }

  private static void tell(SkippedChange change, Optional<Entry> entry) {
    LOG.warn(
        "{}: a change of table {} (key {}) at position {} was skipped: {}{}. {} Further ones are"
            + " counted; this is said once an hour.",
        entry.map(known -> known.at().toString()).orElse("A partition"),
        change.table(),
        entry.map(SkipLog::keyColumns).orElse(List.of()),
        change.position(),
        change.reason().description(),
        change.stored() == null ? "" : ", at " + change.stored(),
        change.reason().advice());
  }

  private static List<String> keyColumns(Entry entry) {
    return ((RowEvent) entry.event()).schema().keyNames();
  }
}
