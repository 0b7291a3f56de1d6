// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A synchronous client of a broker's topics, records and offsets, for topics of the size that a
 * test makes. Safe for use by many threads.
 */
public final class KafkaClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;

  KafkaClient(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    // reconnect soon after a restart of the broker
    Map<String, Object> common =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "reconnect.backoff.ms", 50,
            "reconnect.backoff.max.ms", 200);
    Map<String, Object> adminSettings = new HashMap<>(common);
    adminSettings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    admin = Admin.create(adminSettings);
    producer = new KafkaProducer<>(common, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Kafka's own admin client, for what this class does not offer; closed with it. */
  public Admin admin() {
    return admin;
  }

  /** Creates a topic and waits until it is known. */
  public void createTopic(String topic, int partitions, Map<String, String> settings) {
    done(
        admin
            .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
            .all());
    Await.until("topic %s exists".formatted(topic), () -> topics().contains(topic));
  }

  /** Creates a topic with the broker's default settings. */
  public void createTopic(String topic, int partitions) {
    createTopic(topic, partitions, Map.of());
  }

  /** Deletes a topic and waits until it is gone. */
  public void deleteTopic(String topic) {
    done(admin.deleteTopics(List.of(topic)).all());
    Await.until("topic %s is gone".formatted(topic), () -> !topics().contains(topic));
  }

  /** Names of all topics that are not internal to Kafka. */
  public Set<String> topics() {
    return done(admin.listTopics().names());
  }

  /**
   * Appends a record and returns its offset; null is allowed as key and as value.
   *
   * @throws IllegalStateException if the broker refuses it
   */
  public RecordMetadata produce(String topic, int partition, String key, String value) {
    return done(producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value))));
  }

  /** Appends any records; returns when the broker has them all. */
  public void produce(List<ProducerRecord<byte[], byte[]>> records) {
    List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
    producer.flush();
    sent.forEach(KafkaClient::done);
  }

  /** All records of a topic up to its present end, by partition and offset. */
  public List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
    Map<TopicPartition, Long> ends = endOffsets(topic);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long deadline = System.nanoTime() + TIMEOUT.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(records::add);
        if (System.nanoTime() > deadline) {
          throw new AssertionError("topic %s was not read to %s in time".formatted(topic, ends));
        }
      }
    }
    records.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }

  /** The values of {@link #consume} as text; null for a tombstone. */
  public List<String> values(String topic) {
    return consume(topic).stream().map(record -> text(record.value())).toList();
  }

  /** The next offset of each partition; empty when there is no such topic. */
  public Map<TopicPartition, Long> endOffsets(String topic) {
    if (!topics().contains(topic)) {
      return Map.of();
    }
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .collect(Collectors.toSet()));
    }
  }

  /** How many records a topic has, if it is neither compacted nor shortened. */
  public long count(String topic) {
    return endOffsets(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  /** The committed offsets of a consumer group; a sink's group is {@code connect-<connector>}. */
  public Map<TopicPartition, Long> groupOffsets(String group) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        done(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    return offsets.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  boolean answers() {
    return Optional.ofNullable(done(admin.describeCluster().nodes()))
        .filter(nodes -> !nodes.isEmpty())
        .isPresent();
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", false),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T done(Future<T> future) {
    try {
      return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the broker did not answer within " + TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the broker", e);
    }
  }
}
