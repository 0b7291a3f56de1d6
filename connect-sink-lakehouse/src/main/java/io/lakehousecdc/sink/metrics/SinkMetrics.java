// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.metrics;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.SkipReason;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The metrics of one task: counters, gauges and quantiles. Thread-safe. */
public final class SinkMetrics {
  private final Map<Operation, LongAdder> events = new EnumMap<>(Operation.class);
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final LongAdder skipped;
  private final LongAdder duplicates;
  private final Map<SkipReason, LongAdder> skippedChanges = new EnumMap<>(SkipReason.class);
  private final LongAdder epochs;
  private final LongAdder restarts;
  private final LongAdder rejected;
  private final LongAdder retries;
  private final LongAdder commits;
  private final LongAdder fenced;
  private final LongAdder upserted;
  private final LongAdder deleted;
  private final LongAdder toastMerged;
  private final LongAdder orphaned;
  private final LongAdder ignoredDeletes;
  private final AtomicLong bufferedBytes = new AtomicLong();
  private final AtomicLong bufferedEvents = new AtomicLong();
  private final AtomicLong lastBatchEvents = new AtomicLong();
  private final AtomicLong lastCommitMicros = new AtomicLong();
  private final AtomicLong lastCommitAtMillis = new AtomicLong();
  private final Histogram commitTime = new Histogram();
  private final Histogram freshness = new Histogram();

  /**
   * A metric, readable from any thread at any time.
   *
   * @param name attribute name in camel case, beginning with an upper-case letter
   * @param documentation meaning and unit
   * @param value current value
   */
  public record Figure(String name, String documentation, LongSupplier value) {}

  public SinkMetrics() {
    for (Operation operation : Operation.RECEIVED) {
      String name = operation.name().charAt(0) + operation.name().substring(1).toLowerCase();
      events.put(
          operation,
          counter(
              "Events" + name + "Total", "Events of operation " + operation.code() + " received"));
    }
    skipped =
        counter(
            "RecordsSkippedTotal",
            "Records that change no table, such as heartbeats and transaction boundaries");
    duplicates =
        counter(
            "DuplicatesTotal",
            "Records that the target already has: redelivered by Kafka or emitted again by the source");
    for (SkipReason reason : SkipReason.values()) {
      skippedChanges.put(
          reason,
          counter(
              "Skipped" + camelCase(reason) + "Total",
              "Changes skipped because " + reason.description()));
    }
    gauge(
        "StaleSkippedTotal",
        "Deprecated: the sum of the Skipped…Total but SkippedRepeatedTotal, to be removed in the"
            + " next version",
        () ->
            skippedChanges.entrySet().stream()
                .filter(each -> each.getKey() != SkipReason.REPEATED)
                .mapToLong(each -> each.getValue().sum())
                .sum());
    ignoredDeletes =
        counter("DeletesIgnoredTotal", "Deletes and truncates ignored by configuration");
    epochs =
        counter(
            "EpochsTotal",
            "Epochs that began since the task started, because the source's LSNs started over");
    restarts =
        counter("TopicRestartsTotal", "Topics that were found to be deleted and created again");
    rejected = counter("RejectedTotal", "Records sent to the dead letter queue or table");
    retries = counter("RetriesTotal", "Commits that were retried after a transient failure");
    fenced =
        counter(
            "FencedTotal",
            "Commits that were refused because another task had committed the partition");
    commits = counter("CommitsTotal", "Commits of the target");
    upserted = counter("RowsUpsertedTotal", "Rows written");
    deleted = counter("RowsDeletedTotal", "Rows removed or marked deleted");
    toastMerged =
        counter(
            "ToastMergedTotal",
            "Rows whose stored TOAST values were kept because the change left them untouched");
    orphaned =
        counter(
            "OrphanedRowsTotal",
            "Orphaned rows: rows that a completed snapshot did not contain, reported or removed");
    gauge(
        "GhostRowsTotal",
        "Deprecated alias of OrphanedRowsTotal, to be removed in the next version",
        orphaned::sum);
    gauge("BufferedBytes", "Estimated bytes buffered and in flight", bufferedBytes::get);
    gauge("BufferedEvents", "Events buffered and in flight", bufferedEvents::get);
    gauge("LastBatchEvents", "Events in the last commit", lastBatchEvents::get);
    gauge(
        "CommitTimeLastMicros",
        "Duration of the last commit in microseconds",
        lastCommitMicros::get);
    gauge(
        "CommitTimeP50Micros", "Median commit time, microseconds", () -> commitTime.quantile(0.5));
    gauge(
        "CommitTimeP99Micros",
        "99th percentile of commit time, microseconds",
        () -> commitTime.quantile(0.99));
    gauge(
        "LastCommitTimestampMillis",
        "Time of the last commit, milliseconds since the epoch; 0 before the first",
        lastCommitAtMillis::get);
    gauge(
        "FreshnessP50Micros",
        "Median time from the source's commit to the target's, microseconds, last two minutes",
        () -> freshness.quantile(0.5));
    gauge("FreshnessP99Micros", "99th percentile of the same time", () -> freshness.quantile(0.99));
  }

  private static String camelCase(SkipReason reason) {
    StringBuilder name = new StringBuilder();
    for (String word : reason.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  public void received(Operation operation) {
    events.get(operation).increment();
  }

  public void skipped() {
    skipped.increment();
  }

  public void duplicate() {
    duplicates.increment();
  }

  /** Changes were skipped. */
  public void skipped(SkipReason reason, long changes) {
    skippedChanges.get(reason).add(changes);
  }

  public void ignoredDelete() {
    ignoredDeletes.increment();
  }

  public void epochBegan() {
    epochs.increment();
  }

  public void topicRestarted() {
    restarts.increment();
  }

  public void rejected() {
    rejected.increment();
  }

  public void retried() {
    retries.increment();
  }

  public void fenced() {
    fenced.increment();
  }

  /**
   * A commit of the target succeeded.
   *
   * @param batchEvents events that it applied
   * @param nanos its duration in nanoseconds
   * @param rowsUpserted rows written
   * @param rowsDeleted rows removed or marked as deleted
   * @param rowsToastMerged rows whose stored TOAST values were kept
   * @param rowsOrphaned rows that a completed snapshot did not contain
   */
  public void committed(
      long batchEvents,
      long nanos,
      long rowsUpserted,
      long rowsDeleted,
      long rowsToastMerged,
      long rowsOrphaned) {
    commits.increment();
    upserted.add(rowsUpserted);
    deleted.add(rowsDeleted);
    toastMerged.add(rowsToastMerged);
    orphaned.add(rowsOrphaned);
    lastBatchEvents.set(batchEvents);
    lastCommitMicros.set(nanos / 1000);
    lastCommitAtMillis.set(System.currentTimeMillis());
    commitTime.record(nanos / 1000);
  }

  /**
   * Records that an event, committed at the source {@code micros} ago, is visible in the target.
   */
  public void fresh(long micros) {
    freshness.record(Math.max(0, micros));
  }

  public void buffered(long events, long bytes) {
    bufferedEvents.addAndGet(events);
    bufferedBytes.addAndGet(bytes);
  }

  public long bufferedEvents() {
    return bufferedEvents.get();
  }

  public long bufferedBytes() {
    return bufferedBytes.get();
  }

  /** Adds a metric, or replaces the one of the same name. */
  public void gauge(String name, String documentation, LongSupplier value) {
    synchronized (figures) {
      figures.put(name, new Figure(name, documentation, value));
    }
  }

  /** All metrics by name, in the order in which they were added. */
  public Map<String, Figure> figures() {
    synchronized (figures) {
      return new LinkedHashMap<>(figures);
    }
  }

  private LongAdder counter(String name, String documentation) {
    LongAdder adder = new LongAdder();
    gauge(name, documentation, adder::sum);
    return adder;
  }
}
