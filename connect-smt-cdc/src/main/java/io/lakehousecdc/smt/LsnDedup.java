// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.smt.dedup.Arrival;
import io.lakehousecdc.smt.dedup.Deduplicator;
import io.lakehousecdc.smt.dedup.Verdict;
import io.lakehousecdc.smt.event.Event;
import io.lakehousecdc.smt.event.EventReader;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops change events of Debezium's PostgreSQL connector that were already seen. It saves a sink
 * work; it is no substitute for a sink that compares positions itself, because its memory is
 * bounded and ends with the task.
 *
 * <p><b>Order.</b> For each key (topic, table, record key) the highest {@linkplain
 * io.lakehousecdc.order.SourceStream position} (epoch, commit LSN, LSN) that passed is remembered,
 * with its commit time. A change is a duplicate if its position is <em>strictly lower</em> and it
 * was not committed later. Ties pass, because they are normal (a blocking snapshot's row and the
 * update after it, keys that are not unique within a COPY); so the last event of each key passes
 * again when it is emitted again, which repeats what the sink has.
 *
 * <ul>
 *   <li>Interleaved transactions (LSNs 200, 100, 300) and COPY's equal LSNs are in order: the
 *       commit LSN is compared first, and only with the same key.
 *   <li>Rows of an initial snapshot stand at (S, 0), S being the snapshot's LSN; streamed events
 *       before the first commit, whose sequence lacks the commit LSN, at the commit or snapshot
 *       before them. Rows of incremental and blocking snapshots stand where their sequence says.
 *   <li>A key change is a delete, its tombstone and an insert at one position: two keys.
 *   <li>A truncate always passes and empties what is remembered of its table, as it may empty the
 *       sink's; its own source's changes below its position are duplicates from then on.
 *   <li>A tombstone after a dropped delete is dropped: to a sink of flattened rows it would be a
 *       deletion. Every other tombstone passes.
 *   <li>A lower position with a commit time later than any that its source has in the partition
 *       begins a new epoch of that source (another cluster, failover, restore), in which all
 *       partitions go on; with one later than the key's, it passes.
 *   <li>Sources ({@code source.name}, {@code source.db} and {@code source.connector}) are apart: a
 *       change is only a duplicate below one of its own source.
 *   <li>A record without a key or a position passes, and its key is forgotten. An LSN without the
 *       sequence is no position: it does not order transactions.
 *   <li>Heartbeats, transaction boundaries and logical messages pass untouched.
 * </ul>
 *
 * <p><b>Rewinds.</b> In a sink, the highest offset of every topic-partition is remembered as well,
 * by the names that Kafka knows ({@code originalTopic} and so on). A record at or below it is the
 * very same record again, because the consumer has gone back: the sink may have lost it, so it
 * always passes, even one that was dropped the first time. Its key is forgotten (a truncate's whole
 * table), because the sink now holds what arrived last; what follows passes and is remembered anew.
 * Nothing is lost by a drop either. A change is only dropped at a new offset, after a higher change
 * of its key at a lower offset; if the sink goes back to before that higher change, both come
 * again, and if it goes back to a point between, the higher change is committed.
 *
 * <p><b>Source side.</b> There are no offsets yet; order is kept for each source partition and
 * topic. The memory begins empty with the task, so that it catches what Debezium emits again when
 * it reconnects within a running task, not what it emits after the task was restarted: use it on
 * the sink's side for that.
 *
 * @param <R> source or sink record
 */
public final class LsnDedup<R extends ConnectRecord<R>> implements Transformation<R> {

  public static final String OVERVIEW_DOC =
      "Drops (or marks) Debezium PostgreSQL change events that were already seen, by key and"
          + " position (epoch, commit LSN, LSN). Understands enveloped, flattened and schemaless"
          + " records. Redeliveries after a rewind always pass.";

  public static final ConfigDef CONFIG_DEF = LsnDedupConfig.CONFIG_DEF;

  private static final Logger LOG = LoggerFactory.getLogger(LsnDedup.class);

  private LsnDedupConfig config;
  private EventReader events;
  private Deduplicator deduplicator;
  private DedupMetrics metrics;
  private MetricsRegistration registration;
  private boolean saidUnpositioned;

  @Override
  public void configure(Map<String, ?> configs) {
    close();
    UnreadOptions.check(CONFIG_DEF, configs, LOG);
    config = new LsnDedupConfig(configs);
    events = new EventReader(config.flattenedPrefix());
    deduplicator = new Deduplicator(config.epochs(), config.maxEntries(), config.maxBytes());
    metrics = new DedupMetrics();
    registration = MetricsRegistration.register("lsn-dedup", config.metricsId(), metrics);
    saidUnpositioned = false;
  }

  @Override
  public R apply(R record) {
    Event event = events.read(record);
    if (event instanceof Event.Other) {
      return record;
    }
    Verdict verdict = deduplicator.judge(arrival(record, event));
    metrics.count(verdict, deduplicator);
    return switch (verdict) {
      case NEW, REDELIVERED -> record;
      case UNPOSITIONED -> unpositioned(record);
      case DUPLICATE -> config.marks() ? marked(record) : null;
    };
  }

  private Arrival arrival(R record, Event event) {
    if (record instanceof SinkRecord sink) {
      return new Arrival(
          new TopicPartition(sink.originalTopic(), sink.originalKafkaPartition()),
          sink.originalTopic(),
          sink.originalKafkaOffset(),
          record.key(),
          event);
    }
    Object source = record instanceof SourceRecord origin ? origin.sourcePartition() : Map.of();
    return new Arrival(
        new SourceTopic(source, record.topic()), record.topic(), null, record.key(), event);
  }

  private R unpositioned(R record) {
    if (!saidUnpositioned) {
      saidUnpositioned = true;
      LOG.warn(
          "A record of topic {} has no key or no source.sequence, so that it cannot be judged and"
              + " passes; more like it pass without notice and are counted (Unpositioned). For"
              + " flattened records, add source.sequence and source.ts_ms to add.fields or"
              + " add.headers of ExtractNewRecordState.",
          record.topic());
    }
    return record;
  }

  private R marked(R record) {
    Headers headers = record.headers().duplicate();
    headers.addBoolean(config.headerName(), true);
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        headers);
  }

  /** The MBean's name; for tests. */
  MetricsRegistration registration() {
    return registration;
  }

  @Override
  public ConfigDef config() {
    return CONFIG_DEF;
  }

  @Override
  public String version() {
    return PluginVersion.version();
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.close();
      registration = null;
    }
  }

  private record SourceTopic(Object sourcePartition, String topic) {}
}
