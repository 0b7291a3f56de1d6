// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Test of a task whose decoder takes longer than the polls. */
@Timeout(60)
class DecodingBehindTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "item").key("id", Schema.INT32_SCHEMA);

  private final CountDownLatch decoding = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  @TempDir private Path root;

  /** An empty poll brings nothing, and yet there is more at hand. */
  @Test
  void changesThatAreBeingDecodedJoinTheBatch() throws InterruptedException {
    Polls polls = new Polls();
    SinkRecord first = TABLE.create(10, 11, 1).at(0, 0);
    List<SinkRecord> records = List.of(first, new SlowRecord(TABLE.create(10, 12, 2).at(0, 1)));
    TopicPartition partition = new TopicPartition(TABLE.topic(), 0);
    try (FakeWorker worker =
        new FakeWorker(connector(), Map.of(partition, records), new HashMap<>(), polls)) {
      poll(worker, polls, 1);
      poll(worker, polls, 1);
      decoding.await(); // The first record has been decoded.
      poll(worker, polls, 0);
      poll(worker, polls, 0);
      released.countDown();
      Await.until(
          "the commit",
          Duration.ofSeconds(50),
          () -> {
            poll(worker, polls, 0);
            return worker.commit();
          });
    }
    assertEquals(1, dataFiles());
  }

  private static void poll(FakeWorker worker, Polls polls, int records) {
    polls.records = records;
    worker.poll();
  }

  private Map<String, String> connector() {
    return Map.of(
        "name", "behind",
        "topics", TABLE.topic(),
        "target", "delta",
        "delta.root", root.toString(),
        "flush.interval.ms", "3600000",
        "flush.when.idle", "true");
  }

  private long dataFiles() {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("/_"))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says how many records a poll brings. */
  private static final class Polls extends Random {
    private static final long serialVersionUID = 1L;
    private int records;

    @Override
    public int nextInt(int bound) {
      return records;
    }
  }

  /** A record whose value is there once the test says so. */
  private final class SlowRecord extends SinkRecord {
    SlowRecord(SinkRecord record) {
      super(
          record.topic(),
          record.kafkaPartition(),
          record.keySchema(),
          record.key(),
          record.valueSchema(),
          record.value(),
          record.kafkaOffset(),
          record.timestamp(),
          record.timestampType(),
          record.headers());
    }

    @Override
    public Object value() {
      decoding.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return super.value();
    }
  }
}
