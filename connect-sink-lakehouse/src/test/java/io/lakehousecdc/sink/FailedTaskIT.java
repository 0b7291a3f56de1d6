// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of a task that fails within a poll, and that Connect then closes in good order. */
@Timeout(60)
class FailedTaskIT {
  private static final int COMMITTED_BEFORE = 20;
  private static final int FAULTY = 150;
  private static final int RECORDS = 200;
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks")
          .key("id", Schema.INT64_SCHEMA)
          .column("page", Schema.OPTIONAL_STRING_SCHEMA);

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final TopicPartition partition = new TopicPartition(CLICKS.topic(), 0);
  private final List<SinkRecord> records = new ArrayList<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();

  FailedTaskIT() {
    for (int offset = 0; offset < RECORDS; offset++) {
      long lsn = 10 + offset;
      records.add(CLICKS.create(lsn, lsn, (long) offset, "p").at(0, offset));
    }
    run(Map.of(), records.subList(0, COMMITTED_BEFORE));
  }

  @Test
  void recordThatFailsTheTaskFailsItAgainAfterARestart() {
    records.set(
        FAULTY,
        new SinkRecord(
            CLICKS.topic(), 0, null, null, Schema.STRING_SCHEMA, "no change event", FAULTY));
    for (int life = 0; life < 3; life++) {
      Throwable failure = assertThrows(RuntimeException.class, () -> run(Map.of(), records));
      assertTrue(failure.getMessage().contains("nowhere to put it"), failure::getMessage);
    }
    assertTrue(ids().stream().allMatch(id -> id < FAULTY), () -> "stored " + ids());
  }

  @Test
  void truncateThatFailsTheTaskFailsItAgainAfterARestart() {
    records.set(FAULTY, CLICKS.truncate(10 + FAULTY, 10 + FAULTY).at(0, FAULTY));
    for (int life = 0; life < 3; life++) {
      Throwable failure =
          assertThrows(RuntimeException.class, () -> run(Map.of("truncate.mode", "fail"), records));
      assertTrue(failure.getMessage().contains("truncate.mode"), failure::getMessage);
    }
  }

  @Test
  void recordsWhoseDecodingFailedAreReadAgain() {
    records.set(FAULTY, new Undecodable(records.get(FAULTY)));
    assertThrows(RuntimeException.class, () -> run(Map.of(), records));
    run(Map.of(), records);
    assertEquals(IntStream.range(0, RECORDS).boxed().toList(), ids());
  }

  /** A task's life: until everything is committed, or it fails. */
  private void run(Map<String, String> settings, List<SinkRecord> log) {
    Map<String, String> configuration = new HashMap<>(settings);
    configuration.put("name", "clicks");
    configuration.put("topics", CLICKS.topic());
    configuration.put("target", "postgres");
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    try (FakeWorker worker =
        new FakeWorker(configuration, Map.of(partition, log), group, new Random(7))) {
      do {
        worker.poll();
      } while (!worker.commit());
    }
  }

  private List<Integer> ids() {
    return database.rows("select id::int from shop.clicks order by id").stream()
        .map(row -> (Integer) row.get(0))
        .toList();
  }

  /** A record whose first decoding fails, as by a lack of memory. */
  private static final class Undecodable extends SinkRecord {
    private boolean failed;

    Undecodable(SinkRecord record) {
      super(
          record.topic(),
          record.kafkaPartition(),
          record.keySchema(),
          record.key(),
          record.valueSchema(),
          record.value(),
          record.kafkaOffset());
    }

    @Override
    public Object value() {
      if (!failed) {
        failed = true;
        throw new OutOfMemoryError("Java heap space");
      }
      return super.value();
    }
  }
}
