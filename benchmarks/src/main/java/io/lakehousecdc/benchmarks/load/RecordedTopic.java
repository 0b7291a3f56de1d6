// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A reader of the JSON topic that converts records as a worker does for a task. Not thread-safe.
 */
public final class RecordedTopic implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final JsonConverter keys = converter("key.converter.", true);
  private final JsonConverter values = converter("value.converter.", false);
  private final TopicPartition partition = new TopicPartition(Wire.JSON.topic(), 0);
  private List<SinkRecord> polled = new ArrayList<>();

  private RecordedTopic(KafkaConsumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** A reader at the topic's beginning. */
  public static RecordedTopic open(Servers servers) {
    return new RecordedTopic(
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                servers.kafka().bootstrapServers(),
                "enable.auto.commit",
                false,
                "max.poll.records",
                Servers.POLL_RECORDS),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer()));
  }

  /** The topic's only partition. */
  public TopicPartition partition() {
    return partition;
  }

  /** The next records, at most as many as are asked for, and at least one. */
  public List<SinkRecord> next(long most) {
    while (polled.isEmpty()) {
      consumer.poll(POLL).forEach(record -> polled.add(converted(record)));
    }
    int size = (int) Math.min(most, polled.size());
    List<SinkRecord> next = List.copyOf(polled.subList(0, size));
    polled = new ArrayList<>(polled.subList(size, polled.size()));
    return next;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private SinkRecord converted(ConsumerRecord<byte[], byte[]> record) {
    SchemaAndValue key = keys.toConnectData(record.topic(), record.key());
    SchemaAndValue value = values.toConnectData(record.topic(), record.value());
    return new SinkRecord(
        record.topic(),
        record.partition(),
        key.schema(),
        key.value(),
        value.schema(),
        value.value(),
        record.offset(),
        record.timestamp(),
        TimestampType.CREATE_TIME);
  }

  private static JsonConverter converter(String prefix, boolean isKey) {
    JsonConverter converter = new JsonConverter();
    converter.configure(
        Wire.JSON.converters().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .collect(
                Collectors.toMap(
                    entry -> entry.getKey().substring(prefix.length()), Map.Entry::getValue)),
        isKey);
    return converter;
  }
}
