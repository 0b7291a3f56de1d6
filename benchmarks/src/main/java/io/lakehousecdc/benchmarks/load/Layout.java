// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How the records of a table's JSON topic are spread over partitions for several tasks. */
public enum Layout {
  /** One topic of four partitions: a table that several tasks write. */
  PARTITIONS {
    @Override
    public List<String> topics() {
      return List.of("spread.public.orders");
    }

    @Override
    public List<String> tables() {
      return List.of("orders");
    }

    @Override
    ProducerRecord<byte[], byte[]> placed(ConsumerRecord<byte[], byte[]> record, int part) {
      return new ProducerRecord<>(
          topics().get(0), part, record.timestamp(), record.key(), record.value());
    }
  },
  /** Four topics, each of a table of its own with a quarter of the rows. */
  TABLES {
    @Override
    public List<String> topics() {
      return parts("spread.public.orders_");
    }

    @Override
    public List<String> tables() {
      return parts("orders_");
    }

    @Override
    ProducerRecord<byte[], byte[]> placed(ConsumerRecord<byte[], byte[]> record, int part) {
      return new ProducerRecord<>(
          topics().get(part), 0, record.timestamp(), record.key(), renamed(record.value(), part));
    }

    private byte[] renamed(byte[] value, int part) {
      return value == null
          ? null
          : new String(value, StandardCharsets.UTF_8)
              .replace("\"table\":\"orders\"", "\"table\":\"" + tables().get(part) + "\"")
              .getBytes(StandardCharsets.UTF_8);
    }
  };

  /** Into how many parts the records are spread: as many tasks can work at the same time. */
  public static final int PARTS = 4;

  private static final Duration POLL = Duration.ofSeconds(1);

  /** The topics that {@link #fill} makes. */
  public abstract List<String> topics();

  /** Names of the tables that their records are of. */
  public abstract List<String> tables();

  /** The record in its place; a key is always in the same part. */
  abstract ProducerRecord<byte[], byte[]> placed(ConsumerRecord<byte[], byte[]> record, int part);

  /** As in results. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Makes the topics and copies all records of the load's JSON topic into them. */
  public void fill(Servers servers, TopicLoad load) {
    topics().forEach(topic -> servers.kafka().client().createTopic(topic, PARTS / topics().size()));
    Map<String, Object> broker =
        Map.of(
            "bootstrap.servers", servers.kafka().bootstrapServers(), "enable.auto.commit", false);
    TopicPartition from = new TopicPartition(Wire.JSON.topic(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(from));
      consumer.seekToBeginning(List.of(from));
      while (consumer.position(from) < load.events()) {
        List<ProducerRecord<byte[], byte[]>> polled = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          polled.add(placed(record, Math.floorMod(Arrays.hashCode(record.key()), PARTS)));
        }
        servers.kafka().client().produce(polled);
      }
    }
  }

  private static List<String> parts(String prefix) {
    return IntStream.range(0, PARTS).mapToObj(part -> prefix + part).toList();
  }
}
