// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.erase.Finding.Place;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topics that feed a table, and that of its dead letters: what they hold of a key, and until
 * when. Kafka removes no single record, so nothing is changed. For one thread.
 */
final class Topics implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String ORIGINAL_TOPIC = "__connect.errors.topic";

  private final Map<String, Object> settings;
  private final Subject subject;
  private final Optional<String> deadLetters;
  private final Admin admin;

  /**
   * @param settings of Kafka's clients
   * @param deadLetters topic of the dead letter queue
   */
  Topics(Map<String, Object> settings, Subject subject, Optional<String> deadLetters) {
    this.settings = settings;
    this.subject = subject;
    this.deadLetters = deadLetters;
    try {
      this.admin = Admin.create(settings);
    } catch (KafkaException e) {
      throw new UsageException("Kafka cannot be reached with these settings.", e);
    }
  }

  /**
   * What was found.
   *
   * @param findings records about the key, by topic
   * @param searched topics, each with the number of records read
   * @param unchecked what could not be read
   */
  record Found(List<Finding> findings, List<String> searched, List<String> unchecked) {}

  /**
   * Makes sure that Kafka answers, before anything is erased.
   *
   * @throws UsageException it does not
   */
  void requireReachable() {
    done(admin.listTopics().names());
  }

  /** Reads the topics from beginning to end. */
  Found search() {
    List<Finding> findings = new ArrayList<>();
    List<String> searched = new ArrayList<>();
    List<String> unchecked = new ArrayList<>();
    Set<String> existing = done(admin.listTopics().names());
    Set<String> wanted = new TreeSet<>();
    existing.stream().filter(subject::isFedBy).forEach(wanted::add);
    deadLetters.filter(existing::contains).ifPresent(wanted::add);
    for (String topic : wanted) {
      Content content = read(topic);
      searched.add(topic + " (" + content.records + " records)");
      TopicRetention retention = retention(topic);
      if (content.about > 0) {
        findings.add(
            Finding.of(Place.TOPIC, topic, content.about)
                .remaining(retention.until(Instant.ofEpochMilli(content.newest))));
      }
      if (content.about == 0 && content.records > 0 && !subject.records().isShown()) {
        unchecked.add(
            "topic "
                + topic
                + ": records encode decimals, times and bytes, as one of the key's values is; those"
                + " about the key are not told from others");
      }
      if (content.unreadable > 0) {
        unchecked.add(
            "topic "
                + topic
                + ": "
                + content.unreadable
                + " records are no JSON; the newest of them is "
                + retention.until(Instant.ofEpochMilli(content.newestUnreadable)));
      }
    }
    return new Found(findings, searched, unchecked);
  }

  /** What a topic holds. */
  private static final class Content {
    long records;
    long about;
    long unreadable;
    long newest;
    long newestUnreadable;
  }

  private Content read(String topic) {
    Content content = new Content();
    RecordText records = subject.records();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            consuming(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          add(content, record, records);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
        if (System.nanoTime() > deadline) {
          throw new UsageException("Topic " + topic + " could not be read to its end.");
        }
      }
    } catch (KafkaException e) {
      throw new UsageException("Topic " + topic + " could not be read.", e);
    }
    return content;
  }

  private void add(Content content, ConsumerRecord<byte[], byte[]> record, RecordText records) {
    content.records++;
    Header original = record.headers().lastHeader(ORIGINAL_TOPIC);
    if (original != null && !subject.isFedBy(text(original.value()))) {
      return;
    }
    switch (records.of(text(record.key()), text(record.value()))) {
      case KEY -> {
        content.about++;
        content.newest = Math.max(content.newest, record.timestamp());
      }
      case UNREADABLE -> {
        content.unreadable++;
        content.newestUnreadable = Math.max(content.newestUnreadable, record.timestamp());
      }
      case OTHER -> {
        // Another's.
      }
    }
  }

  private TopicRetention retention(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = done(admin.describeConfigs(List.of(resource)).all()).get(resource);
    return new TopicRetention(name -> config.get(name) == null ? null : config.get(name).value());
  }

  /** Sends an event and waits until the broker has it. */
  void send(String topic, String key, String value) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      done(
          producer.send(
              new ProducerRecord<>(
                  topic,
                  key.getBytes(StandardCharsets.UTF_8),
                  value.getBytes(StandardCharsets.UTF_8))));
    }
  }

  private Map<String, Object> consuming() {
    Map<String, Object> consuming = new HashMap<>(settings);
    consuming.put("enable.auto.commit", false);
    consuming.put("isolation.level", "read_uncommitted");
    consuming.remove("group.id");
    return consuming;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T done(Future<T> future) {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new UsageException("Kafka has refused a request.", e.getCause());
    } catch (TimeoutException e) {
      throw new UsageException("Kafka does not answer.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("Interrupted.", e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
