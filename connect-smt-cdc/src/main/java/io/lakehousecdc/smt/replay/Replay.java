// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import io.lakehousecdc.smt.dlq.DeadLetterHeaders;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * One run of the replay: publishes dead letters to their original topic and partition, bytes
 * unchanged, with the counter {@link DeadLetterHeaders#RETRIES} increased by one. For one thread.
 */
final class Replay {
  private final Producer<byte[], byte[]> producer;
  private final int maxRetries;
  private final PrintStream log;
  private long replayed;
  private long exhausted;
  private long withoutTopic;

  /**
   * @param maxRetries letters that were replayed this often are left where they are
   * @param log receives a line for every letter that is not replayed
   */
  Replay(Producer<byte[], byte[]> producer, int maxRetries, PrintStream log) {
    this.producer = producer;
    this.maxRetries = maxRetries;
    this.log = log;
  }

  /**
   * The numbers of letters by result.
   *
   * @param replayed published again
   * @param exhausted left because they had been replayed {@code maxRetries} times
   * @param withoutTopic left because their original topic is unknown
   */
  record Summary(long replayed, long exhausted, long withoutTopic) {
    boolean isComplete() {
      return exhausted == 0 && withoutTopic == 0;
    }
  }

  /**
   * Replays all letters of the source.
   *
   * @throws IllegalStateException if a letter cannot be published; its batch stays in the source
   */
  Summary run(DeadLetterSource source) throws InterruptedException {
    exhausted = source.exhausted();
    for (List<DeadLetter> batch = source.next(); !batch.isEmpty(); batch = source.next()) {
      publish(batch);
      source.commit();
    }
    return new Summary(replayed, exhausted, withoutTopic);
  }

  private void publish(List<DeadLetter> batch) throws InterruptedException {
    List<DeadLetter> sent = new ArrayList<>();
    List<Future<RecordMetadata>> results = new ArrayList<>();
    for (DeadLetter letter : batch) {
      if (letter.topic().isEmpty()) {
        withoutTopic++;
        log.println(letter.place() + ": no header tells its topic; name it by --original-topic");
      } else if (letter.retries() >= maxRetries) {
        exhausted++;
        log.println(letter.place() + ": has been replayed " + letter.retries() + " times");
      } else {
        sent.add(letter);
        results.add(producer.send(record(letter, letter.topic().get())));
      }
    }
    producer.flush();
    for (int i = 0; i < sent.size(); i++) {
      confirm(sent.get(i), results.get(i));
    }
  }

  private void confirm(DeadLetter letter, Future<RecordMetadata> result)
      throws InterruptedException {
    try {
      result.get();
      replayed++;
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "%s cannot be published to %s: %s. Its batch stays; run the command again"
              .formatted(letter.place(), letter.topic().get(), e.getCause().getMessage()),
          e.getCause());
    }
  }

  private ProducerRecord<byte[], byte[]> record(DeadLetter letter, String topic) {
    byte[] retries = Integer.toString(letter.retries() + 1).getBytes(StandardCharsets.UTF_8);
    letter.headers().add(DeadLetterHeaders.RETRIES, retries);
    return new ProducerRecord<>(
        topic, partition(letter, topic), letter.key(), letter.value(), letter.headers());
  }

  /** The original partition; null, so that the key decides, if the topic no longer has it. */
  private Integer partition(DeadLetter letter, String topic) {
    int partitions = producer.partitionsFor(topic).size();
    return letter.partition().filter(number -> number < partitions).orElse(null);
  }
}
