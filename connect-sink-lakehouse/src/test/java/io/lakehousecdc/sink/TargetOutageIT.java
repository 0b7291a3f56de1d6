// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A target that is away for a while fails no task, whatever the task is doing. */
@Timeout(120)
class TargetOutageIT {
  private static final int RECORDS = 400;
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks")
          .key("id", Schema.INT64_SCHEMA)
          .column("page", Schema.OPTIONAL_STRING_SCHEMA);

  private final PostgresServer server = PostgresServer.builder().name("target").start();
  private final TopicPartition partition = new TopicPartition(CLICKS.topic(), 0);
  private final List<SinkRecord> records = new ArrayList<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();

  TargetOutageIT() {
    for (int offset = 0; offset < RECORDS; offset++) {
      records.add(CLICKS.create(10 + offset, 10 + offset, (long) offset, "p").at(0, offset));
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void taskThatStartsWhileTheTargetIsAwayWaitsForIt() throws Exception {
    server.stop();
    AtomicReference<Thread> starter = new AtomicReference<>();
    CompletableFuture<FakeWorker> started =
        CompletableFuture.supplyAsync(
            () -> {
              starter.set(Thread.currentThread());
              return worker();
            });
    Await.until(
        "the task waits",
        () ->
            started.isDone()
                || starter.get() != null && starter.get().getState() == Thread.State.TIMED_WAITING);
    server.restart();
    try (FakeWorker worker = started.get()) {
      finish(worker);
    }
  }

  @Test
  void taskThatWritesWhenTheTargetGoesAwayGoesOn() {
    try (FakeWorker worker = worker()) {
      for (int outage = 0; outage < 3; outage++) {
        worker.poll();
        worker.commit();
        server.stop();
        for (int polls = 0; polls < 5; polls++) {
          worker.poll();
        }
        server.restart();
      }
      finish(worker);
    }
  }

  private void finish(FakeWorker worker) {
    do {
      worker.poll();
    } while (!worker.commit());
    assertEquals(
        List.of(List.of((long) RECORDS, (long) RECORDS)),
        server.database().rows("select count(*), count(distinct id) from shop.clicks"));
  }

  private FakeWorker worker() {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("name", "clicks");
    configuration.put("topics", CLICKS.topic());
    configuration.put("target", "postgres");
    configuration.put("postgres.url", server.jdbcUrl());
    configuration.put("postgres.user", server.user());
    configuration.put("postgres.password", server.password());
    configuration.put("flush.max.records", "50");
    configuration.put("flush.interval.ms", "20");
    return new FakeWorker(configuration, Map.of(partition, records), group, new Random(1));
  }
}
