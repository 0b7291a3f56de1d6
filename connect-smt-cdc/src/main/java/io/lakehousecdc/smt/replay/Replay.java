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
 * Publishes dead letters to their original topic and partition, bytes unchanged, with the counter
 * {@link DeadLetterHeaders#RETRIES} raised by one. For one run in one thread.
 */
final class Replay {
  private final Producer<byte[], byte[]> producer;
  private final int maxRetries;
  private final PrintStream log;
  private long replayed;
  private long exhausted;
  private long homeless;

  /**
   * @param maxRetries letters that were replayed so often are left alone
   * @param log gets a line for every letter that is not replayed
   */
  Replay(Producer<byte[], byte[]> producer, int maxRetries, PrintStream log) {
    this.producer = producer;
    this.maxRetries = maxRetries;
    this.log = log;
  }

  /**
   * What became of the letters.
   *
   * @param replayed published again
   * @param exhausted left because they were replayed often enough
   * @param homeless left because nothing says which topic they belong to
   */
  record Summary(long replayed, long exhausted, long homeless) {
    boolean isComplete() {
      return exhausted == 0 && homeless == 0;
    }
  }

  /**
   * Replays all that the source has.
   *
   * @throws IllegalStateException if a letter cannot be published; its batch stays in the source
   */
  Summary run(DeadLetterSource source) throws InterruptedException {
    exhausted = source.exhausted();
    for (List<DeadLetter> batch = source.next(); !batch.isEmpty(); batch = source.next()) {
      publish(batch);
      source.settle();
    }
    return new Summary(replayed, exhausted, homeless);
  }

  private void publish(List<DeadLetter> batch) throws InterruptedException {
    List<DeadLetter> sent = new ArrayList<>();
    List<Future<RecordMetadata>> results = new ArrayList<>();
    for (DeadLetter letter : batch) {
      if (letter.topic().isEmpty()) {
        homeless++;
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

  /** The key decides where the topic has become smaller. */
  private Integer partition(DeadLetter letter, String topic) {
    int partitions = producer.partitionsFor(topic).size();
    return letter.partition().filter(number -> number < partitions).orElse(null);
  }
}
