// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import io.lakehousecdc.smt.dlq.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A dead-letter topic, from the group's committed offsets (or its beginning) to its end at the
 * start of the run. Understands the headers of {@code DlqRouter} and those of Connect's own
 * dead-letter queue (with {@code errors.deadletterqueue.context.headers.enable=true}).
 */
final class TopicSource implements DeadLetterSource {
  /** Prefix of the headers of Connect's {@code DeadLetterQueueReporter}; their values are text. */
  private static final String CONNECT_PREFIX = "__connect.errors.";

  private static final String CONNECT_TOPIC = CONNECT_PREFIX + "topic";
  private static final String CONNECT_PARTITION = CONNECT_PREFIX + "partition";
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int PATIENCE_IN_POLLS = 60;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final Optional<String> defaultTopic;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();

  /**
   * @param consumer without automatic commits; closed with this source
   * @param defaultTopic original topic of letters without a header that names it
   */
  TopicSource(Consumer<byte[], byte[]> consumer, String topic, Optional<String> defaultTopic) {
    this.consumer = consumer;
    this.topic = topic;
    this.defaultTopic = defaultTopic;
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) {
      throw new IllegalArgumentException("There is no topic " + topic);
    }
    List<TopicPartition> partitions =
        infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    consumer.assign(partitions);
    ends = consumer.endOffsets(partitions);
  }

  @Override
  public List<DeadLetter> next() {
    for (int idle = 0; idle < PATIENCE_IN_POLLS; idle++) {
      if (isAtEnd()) {
        return List.of();
      }
      List<DeadLetter> letters = letters(consumer.poll(POLL));
      if (!letters.isEmpty()) {
        return letters;
      }
    }
    throw new TimeoutException(
        "No record of %s came for %d seconds before its end; is the broker reachable?"
            .formatted(topic, PATIENCE_IN_POLLS * POLL.toSeconds()));
  }

  @Override
  public void commit() {
    consumer.commitSync(read);
    read.clear();
  }

  @Override
  public void close() {
    consumer.close();
  }

  private boolean isAtEnd() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** The letters up to the end at the start; later ones are for the next run. */
  private List<DeadLetter> letters(ConsumerRecords<byte[], byte[]> records) {
    List<DeadLetter> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (record.offset() < ends.get(partition)) {
        letters.add(letter(record));
        read.put(partition, new OffsetAndMetadata(record.offset() + 1));
      }
    }
    return letters;
  }

  private DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(DeadLetterHeaders.PREFIX)
          && !header.key().startsWith(CONNECT_PREFIX)) {
        headers.add(header);
      }
    }
    return new DeadLetter(
        record.topic() + "-" + record.partition() + "@" + record.offset(),
        text(record, DeadLetterHeaders.ORIGINAL_TOPIC)
            .or(() -> text(record, CONNECT_TOPIC))
            .or(() -> defaultTopic),
        number(record, DeadLetterHeaders.ORIGINAL_PARTITION)
            .or(() -> number(record, CONNECT_PARTITION)),
        record.key(),
        record.value(),
        headers,
        number(record, DeadLetterHeaders.RETRIES).orElse(0));
  }

  private static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }

  private static Optional<Integer> number(ConsumerRecord<byte[], byte[]> record, String name) {
    return text(record, name).filter(t -> t.matches("[0-9]{1,9}")).map(Integer::valueOf);
  }
}
