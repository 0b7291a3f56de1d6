// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.decode.DecodeAhead;
import io.lakehousecdc.sink.decode.Decoded;
import io.lakehousecdc.sink.decode.RecordDecoder;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.metrics.MetricsBean;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.Backoff;
import io.lakehousecdc.sink.pipeline.OfferResult;
import io.lakehousecdc.sink.pipeline.OfferedRecord;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Origin;
import io.lakehousecdc.sink.pipeline.Pipeline;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the records of its partitions to a {@link Pipeline}, and reports to Kafka what the target
 * has committed. The target's own offsets are the truth; Kafka's are for observers.
 */
public final class LakehouseSinkTask extends SinkTask {
  private static final String RUN_HEADER = "__debezium.context.runId";

  /** Header of a record that {@code DeadLetterReplayer} has sent. */
  private static final String REPLAY_HEADER = "dlq.retries";

  /** Reading is to go on soon after there is room, or maintenance has ended. */
  private static final long PAUSED_MILLIS = 50;

  /** Records that wait for others are not to wait for a poll as well. */
  private static final long WAITING_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(LakehouseSinkTask.class);

  private final Map<SourcePartition, PendingRewind> rewinding = new HashMap<>();
  private final Set<TopicPartition> assigned = new HashSet<>();
  private DecodeAhead decoder;
  private Pipeline pipeline;
  private Intake intake;
  private ErrantRecords rejections;
  private MetricsBean bean;
  private Set<TopicPartition> paused = Set.of();

  /**
   * A partition is read again from an offset: its records in the polls up to the one named were on
   * their way before.
   */
  private record PendingRewind(long offset, long lastPoll) {}

  @Override
  public String version() {
    return Version.value();
  }

  @Override
  public void start(Map<String, String> props) {
    SinkConfig config = new SinkConfig(props);
    int number = Integer.parseInt(props.getOrDefault(SinkSettings.TASK_NUMBER, "0"));
    String name = config.connectorName();
    SinkMetrics metrics = new SinkMetrics();
    decoder =
        new DecodeAhead(
            "lakehouse-decoder-" + name + "-" + number,
            new RecordDecoder(config.decodeOptions(), config.disclosure(), LOG::warn));
    TargetContext opener =
        new TargetContext(name, number, config.maxTasks(), config.transactions().inCommits());
    // A task starts whenever tasks are divided anew, also while the target is down.
    Target target =
        DisclosingTarget.of(
            Backoff.retry(
                config.pipelineOptions().waiting().retry(),
                metrics,
                () -> config.factory().open(config.targetSettings(), opener)),
            config.disclosure());
    target.gauges().forEach((key, value) -> metrics.gauge(key, "Figure of the target", value));
    rejections =
        new ErrantRecords(
            context.errantRecordReporter(),
            config.tables().deadLetterTable().isPresent(),
            "lakehouse-dead-letters-" + name + "-" + number);
    pipeline =
        new Pipeline(
            "lakehouse-writer-" + name + "-" + number,
            target,
            config.pipelineOptions(),
            metrics,
            rejections);
    intake =
        config.transactions().areWhole()
            ? new WholeTransactions(pipeline, config.transactions().assembly())
            : new Intake.Direct(pipeline);
    bean = MetricsBean.register(metrics, name, number);
    WorkerMetrics.publish(context, metrics, name, number);
  }

  @Override
  public void open(Collection<TopicPartition> partitions) {
    takeAll();
    pauseOnly(Set.of());
    assigned.addAll(partitions);
    beginAnew(() -> pipeline.open(sources(partitions)));
    // Has preCommit called soon, with positions that show whether the target is behind Kafka.
    context.requestCommit();
  }

  @Override
  public void close(Collection<TopicPartition> partitions) {
    takeAll();
    withdrawSeeks(partitions);
    assigned.removeAll(partitions);
    paused = without(paused, partitions);
    beginAnew(() -> pipeline.close(sources(partitions)));
    rejections.requireAnswered();
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    decoder.submit(records);
    try {
      for (var poll = decoder.next(); poll.isPresent(); poll = decoder.next()) {
        take(poll.get());
      }
      takeComplete();
      if (!records.isEmpty() || !decoder.isBehind() && !paused.containsAll(assigned)) {
        // What is being decoded, or not read for want of memory, is at hand all the same.
        pipeline.polled(records.size());
      }
      boolean full = pipeline.flushIfDue();
      if (full) {
        full = !pipeline.awaitRoom();
      }
      pauseOnly(full ? assigned : notToBeRead());
    } catch (FencedException e) {
      beginAnew(() -> pipeline.recover(e));
    }
    context.timeout(timeoutMillis());
  }

  /** How long a poll may wait for records. */
  private long timeoutMillis() {
    if (decoder.isBehind()) {
      return 1;
    }
    if (paused.containsAll(assigned)) {
      return PAUSED_MILLIS;
    }
    long due = pipeline.millisUntilDue();
    if (intake.isWaiting()) {
      due = Math.min(due, WAITING_MILLIS);
    }
    return paused.isEmpty() ? due : Math.min(due, PAUSED_MILLIS);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> current) {
    takeAll();
    Map<TopicPartition, OffsetAndMetadata> reportable = new HashMap<>();
    current.forEach(
        (topicPartition, position) -> {
          if (!assigned.contains(topicPartition)) {
            // Connect asks after partitions that it has taken away, too: nothing to say, or seek.
            return;
          }
          SourcePartition partition = source(topicPartition);
          OptionalLong back = pipeline.rewindFrom(partition, position.offset());
          back.ifPresent(offset -> rewind(Map.of(partition, offset)));
          PendingRewind rewind = rewinding.get(partition);
          long safe =
              rewind == null
                  ? intake.reportableOffset(partition, position.offset())
                  : rewind.offset();
          reportable.put(topicPartition, new OffsetAndMetadata(safe));
        });
    return reportable;
  }

  @Override
  public void stop() {
    if (decoder != null) {
      decoder.close();
    }
    if (pipeline != null) {
      pipeline.close();
    }
    if (rejections != null) {
      rejections.close();
    }
    if (bean != null) {
      bean.close();
    }
  }

  /** Takes in what is still being decoded. */
  private void takeAll() {
    for (var poll = decoder.awaitNext(); poll.isPresent(); poll = decoder.awaitNext()) {
      take(poll.get());
    }
    takeComplete();
  }

  private void take(DecodeAhead.Poll poll) {
    unlessItFails(() -> takeItems(poll));
  }

  /** Takes in what has waited for records that have come now. */
  private void takeComplete() {
    unlessItFails(intake::polled);
  }

  private void takeItems(DecodeAhead.Poll poll) {
    for (DecodeAhead.Item item : poll.items()) {
      PendingRewind rewind = rewinding.get(item.recordOffset().partition());
      if (rewind == null) {
        take(item);
      } else if (rewind.lastPoll() < poll.number()) {
        rewinding.remove(item.recordOffset().partition());
        take(item);
      }
    }
  }

  private void unlessItFails(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      // Connect goes on after a failed preCommit, and closes a failed task in good order. Neither
      // may pass over what this poll still holds.
      pipeline.fail(e);
      throw e;
    }
  }

  private void take(DecodeAhead.Item item) {
    if (intake.offer(offered(item), item.record()) instanceof OfferResult.Rewind rewind) {
      rewind(Map.of(item.recordOffset().partition(), rewind.offset()));
    }
  }

  private static OfferedRecord offered(DecodeAhead.Item item) {
    if (item.decoded() instanceof Decoded.Change change) {
      return new OfferedRecord.Change(
          item.recordOffset(),
          change.event(),
          change.bytes(),
          run(item.record()),
          origin(item.record()),
          item.record());
    }
    return item.decoded() instanceof Decoded.Rejected rejected
        ? new OfferedRecord.Rejected(item.recordOffset(), rejected.letter(), item.record())
        : new OfferedRecord.Skipped(item.recordOffset());
  }

  /** Hash of the run of the source's task, which Debezium tells in a header; 0 without it. */
  private static long run(SinkRecord record) {
    Header run = record.headers().lastWithName(RUN_HEADER);
    if (run == null || run.value() == null) {
      return 0;
    }
    String id = run.value().toString();
    return (long) id.hashCode() << 32 | id.length() | 1L << 31;
  }

  private static Origin origin(SinkRecord record) {
    return record.headers().lastWithName(REPLAY_HEADER) == null ? Origin.SOURCE : Origin.REPLAY;
  }

  /**
   * Forgets what waits, and goes back to it, or to where the pipeline says.
   *
   * @param change of the pipeline; no commit is in flight after it
   */
  private void beginAnew(Supplier<Map<SourcePartition, Long>> change) {
    Map<SourcePartition, Long> offsets = new HashMap<>(intake.forget());
    offsets.putAll(change.get());
    rewind(offsets);
    intake.begin(sources(assigned));
  }

  private void rewind(Map<SourcePartition, Long> offsets) {
    offsets.forEach(
        (partition, offset) -> {
          TopicPartition topicPartition =
              new TopicPartition(partition.topic(), partition.partition());
          if (assigned.contains(topicPartition)) {
            context.offset(topicPartition, offset);
            rewinding.put(partition, new PendingRewind(offset, decoder.newest()));
          }
        });
  }

  /** Connect would carry out what it was asked for, and fail: the partitions are another's then. */
  private void withdrawSeeks(Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> withdrawn = new HashMap<>();
    for (TopicPartition partition : partitions) {
      if (rewinding.remove(source(partition)) != null) {
        withdrawn.put(partition, null);
      }
    }
    if (!withdrawn.isEmpty()) {
      context.offset(withdrawn);
    }
  }

  /** Has these partitions paused, and all others read. */
  private void pauseOnly(Set<TopicPartition> wanted) {
    Set<TopicPartition> resumed = without(paused, wanted);
    if (!resumed.isEmpty()) {
      context.resume(resumed.toArray(TopicPartition[]::new));
    }
    Set<TopicPartition> added = without(wanted, paused);
    if (!added.isEmpty()) {
      context.pause(added.toArray(TopicPartition[]::new));
    }
    paused = Set.copyOf(wanted);
  }

  /** Partitions whose tables are under maintenance, or that are ahead of others. */
  private Set<TopicPartition> notToBeRead() {
    Set<String> topics = pipeline.pausedTopics();
    Set<SourcePartition> ahead = intake.paused();
    return topics.isEmpty() && ahead.isEmpty()
        ? Set.of()
        : assigned.stream()
            .filter(each -> topics.contains(each.topic()) || ahead.contains(source(each)))
            .collect(Collectors.toSet());
  }

  private static Set<TopicPartition> without(
      Set<TopicPartition> all, Collection<TopicPartition> others) {
    return all.stream().filter(each -> !others.contains(each)).collect(Collectors.toSet());
  }

  private static Set<SourcePartition> sources(Collection<TopicPartition> partitions) {
    return partitions.stream().map(LakehouseSinkTask::source).collect(Collectors.toSet());
  }

  private static SourcePartition source(TopicPartition partition) {
    return new SourcePartition(partition.topic(), partition.partition());
  }
}
