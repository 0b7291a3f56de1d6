// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void lettersGoToTheirTopicAndPartitionWithTheCounterRaised() throws Exception {
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      RecordHeaders headers = new RecordHeaders();
      headers.add("kept", new byte[] {1});
      FakeSource source =
          new FakeSource(
              List.of(
                  new DeadLetter(
                      "a", Optional.of("orders"), Optional.of(1), bytes("k"), null, headers, 2)));
      Replay.Summary summary = replay(producer).run(source);
      assertEquals(new Replay.Summary(1, 0, 0), summary);
      assertTrue(summary.isComplete());
      ProducerRecord<byte[], byte[]> record = producer.history().get(0);
      assertEquals("orders", record.topic());
      assertEquals(1, record.partition());
      assertEquals("k", new String(record.key(), StandardCharsets.UTF_8));
      assertNull(record.value());
      assertEquals("3", text(record, "dlq.retries"));
      assertEquals(1, record.headers().lastHeader("kept").value()[0]);
      assertEquals(1, source.commits);
    }
  }

  @Test
  void keyDecidesWhereThePartitionIsGone() throws Exception {
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      replay(producer).run(new FakeSource(List.of(letter("orders", 7, 0))));
      assertNull(producer.history().get(0).partition());
    }
  }

  @Test
  void retriesAreBounded() throws Exception {
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      FakeSource source = new FakeSource(List.of(letter("orders", 0, 3), letter("orders", 0, 2)));
      assertEquals(new Replay.Summary(1, 1, 0), replay(producer).run(source));
      assertTrue(log.toString(StandardCharsets.UTF_8).contains("replayed 3 times"));
    }
  }

  @Test
  void letterWithoutATopicIsLeftAndNamed() throws Exception {
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      FakeSource source = new FakeSource(List.of(letter(null, 0, 0)));
      Replay.Summary summary = replay(producer).run(source);
      assertEquals(new Replay.Summary(0, 0, 1), summary);
      assertFalse(summary.isComplete());
      assertTrue(log.toString(StandardCharsets.UTF_8).contains("--original-topic"));
    }
  }

  @Test
  void batchThatCannotBePublishedIsNotSettled() {
    MockProducer<byte[], byte[]> producer = producer(false);
    producer.sendException = new RecordTooLargeException("too large");
    FakeSource source = new FakeSource(List.of(letter("orders", 0, 0)));
    assertThrows(RecordTooLargeException.class, () -> replay(producer).run(source));
    assertEquals(0, source.commits);
  }

  private Replay replay(MockProducer<byte[], byte[]> producer) {
    return new Replay(producer, 3, new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  private static DeadLetter letter(String topic, int partition, int retries) {
    return new DeadLetter(
        "place",
        Optional.ofNullable(topic),
        Optional.of(partition),
        bytes("k"),
        bytes("v"),
        new RecordHeaders(),
        retries);
  }

  private static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
    Node node = new Node(0, "localhost", 9092);
    Node[] nodes = {node};
    List<PartitionInfo> partitions =
        IntStream.range(0, 2)
            .mapToObj(number -> new PartitionInfo("orders", number, node, nodes, nodes))
            .toList();
    Cluster cluster = new Cluster("test", List.of(node), partitions, Set.of(), Set.of());
    return new MockProducer<>(
        cluster, autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ProducerRecord<byte[], byte[]> record, String header) {
    return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
  }

  private static final class FakeSource implements DeadLetterSource {
    private final Queue<List<DeadLetter>> batches = new ArrayDeque<>();
    private int commits;

    FakeSource(List<DeadLetter> batch) {
      batches.add(batch);
    }

    @Override
    public List<DeadLetter> next() {
      return batches.isEmpty() ? List.of() : batches.remove();
    }

    @Override
    public void commit() {
      commits++;
    }

    @Override
    public void close() {}
  }
}
