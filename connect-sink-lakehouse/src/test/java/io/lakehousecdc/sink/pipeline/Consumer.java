// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Drives a pipeline as a sink task does, from partitions held in memory: polls, rewinds, reports
 * offsets, and can be killed at any point. A record that is rejected fails the test when the
 * consumer is closed, unless the test {@linkplain #expectingRejections expects} it.
 */
final class Consumer implements RejectionReporter, AutoCloseable {
  final SinkMetrics metrics = new SinkMetrics();

  /** Records that were rejected so far. */
  final List<DeadLetter> reported = Collections.synchronizedList(new ArrayList<>());

  private final Map<SourcePartition, List<ChangeEvent>> log;
  private final Map<SourcePartition, Long> group;
  private final Map<SourcePartition, Long> positions = new HashMap<>();
  private final Pipeline pipeline;
  private Predicate<RecordOffset> replays = at -> false;
  private ToLongFunction<RecordOffset> runs = at -> 0;
  private Predicate<DeadLetter> expected = letter -> false;

  /**
   * @param log records of each partition; may grow
   * @param group offsets committed to Kafka; outlives the consumer
   */
  Consumer(
      Map<SourcePartition, List<ChangeEvent>> log,
      Map<SourcePartition, Long> group,
      Target target,
      PipelineOptions options) {
    this.log = log;
    this.group = group;
    this.pipeline = new Pipeline("test-writer", target, options, metrics, this);
    log.keySet().forEach(partition -> positions.put(partition, group.getOrDefault(partition, 0L)));
    positions.putAll(pipeline.open(Set.copyOf(log.keySet())));
  }

  /**
   * The same for a test in which records may be rejected.
   *
   * @param which those that are not to fail the test
   */
  Consumer expectingRejections(Predicate<DeadLetter> which) {
    expected = which;
    return this;
  }

  /** The same where records tell which run of the source's task has sent them. */
  Consumer withRuns(ToLongFunction<RecordOffset> runOf) {
    runs = runOf;
    return this;
  }

  /** The same where some records are dead letters that an operator has published again. */
  Consumer withReplays(Predicate<RecordOffset> which) {
    replays = which;
    return this;
  }

  /** Takes at most {@code count} records of each partition, and commits what is due. */
  void poll(int count) {
    try {
      for (SourcePartition partition : log.keySet()) {
        take(partition, count);
      }
      if (pipeline.flushIfDue()) {
        pipeline.awaitRoom();
      }
    } catch (FencedException e) {
      positions.putAll(pipeline.recover(e));
    }
    positions.forEach(
        (partition, position) ->
            group.put(partition, pipeline.reportableOffset(partition, position)));
  }

  private OfferedRecord change(RecordOffset at, ChangeEvent event) {
    OfferedRecord.Origin origin =
        replays.test(at) ? OfferedRecord.Origin.REPLAY : OfferedRecord.Origin.SOURCE;
    return new OfferedRecord.Change(at, event, 100, runs.applyAsLong(at), origin, event);
  }

  /** Reads to the end of every partition and waits until all of it is committed. */
  void drain() {
    long giveUpAt = System.nanoTime() + 30_000_000_000L;
    while (true) {
      poll(100);
      boolean done =
          log.entrySet().stream()
              .allMatch(entry -> group.getOrDefault(entry.getKey(), 0L) >= entry.getValue().size());
      if (done) {
        return;
      }
      if (System.nanoTime() > giveUpAt) {
        throw new AssertionError("Not drained: " + group);
      }
      Thread.onSpinWait();
    }
  }

  long figure(String name) {
    return metrics.figures().get(name).value().getAsLong();
  }

  @Override
  public boolean wantsOriginal() {
    return true;
  }

  @Override
  public Future<?> report(Object original, DeadLetter letter) {
    reported.add(letter);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public DeadLetter describe(
      Object original, ChangeEvent event, RecordOffset at, Exception reason) {
    return new DeadLetter(at, null, null, null, "RecordException", reason.getMessage(), 0, 0);
  }

  @Override
  public void close() {
    pipeline.close();
    assertEquals(
        List.of(),
        reported.stream().filter(expected.negate()).toList(),
        "records were rejected that should have been applied");
  }

  private void take(SourcePartition partition, int count) {
    List<ChangeEvent> records = log.get(partition);
    for (int i = 0; i < count && positions.get(partition) < records.size(); i++) {
      long offset = positions.get(partition);
      ChangeEvent event = records.get((int) offset);
      RecordOffset at = new RecordOffset(partition, offset);
      if (pipeline.offer(change(at, event)) instanceof OfferResult.Rewind rewind) {
        positions.put(partition, rewind.offset());
        return;
      }
      positions.put(partition, offset + 1);
    }
  }
}
