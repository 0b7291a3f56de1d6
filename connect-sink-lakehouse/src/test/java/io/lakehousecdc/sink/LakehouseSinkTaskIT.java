// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the task as the worker calls it, with decoding ahead of the pipeline. */
class LakehouseSinkTaskIT {
  private static final int RECORDS = 3_000;
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks")
          .key("id", Schema.INT64_SCHEMA)
          .column("page", Schema.OPTIONAL_STRING_SCHEMA);

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();

  LakehouseSinkTaskIT() {
    for (int partition = 0; partition < 2; partition++) {
      List<SinkRecord> records = new ArrayList<>();
      for (int offset = 0; offset < RECORDS; offset++) {
        long lsn = 10 + offset;
        records.add(CLICKS.create(lsn, lsn, 2L * offset + partition, "p").at(partition, offset));
      }
      log.put(new TopicPartition(CLICKS.topic(), partition), records);
    }
  }

  /** Two tasks fence each other repeatedly, and rewind while polls are being decoded. */
  @ParameterizedTest
  @Seeds(2)
  @Timeout(60)
  void twoTasksThatClaimTheSamePartitionsWriteEachRecordOnce(long seed) {
    Random random = new Random(seed);
    int rewinds;
    try (FakeWorker first = new FakeWorker(configuration(), log, group, random);
        FakeWorker second = new FakeWorker(configuration(), log, new HashMap<>(group), random)) {
      for (int turn = 0; turn < 12; turn++) {
        FakeWorker owner = turn % 2 == 0 ? first : second;
        for (int polls = random.nextInt(15); polls >= 0; polls--) {
          owner.poll();
          if (random.nextInt(8) == 0) {
            owner.commit();
          }
        }
      }
      while (!first.commit()) {
        first.poll();
      }
      rewinds = first.rewinds() + second.rewinds();
    }
    assertTrue(rewinds > 0, "no task was ever fenced");
    assertEquals(
        List.of(List.of(2L * RECORDS, 2L * RECORDS)),
        database.rows("select count(*), count(distinct id) from shop.clicks"));
  }

  /** The warehouse is new: reading begins anew with the first of them, wherever Kafka was. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  @Timeout(60)
  void recordsThatAreRejectedBeforeTheFirstChangeAreSetAsideOnce(long first) {
    TopicPartition partition = new TopicPartition(CLICKS.topic(), 0);
    List<SinkRecord> records = log.get(partition);
    for (int offset = 0; offset < 3; offset++) {
      records.set(
          offset,
          new SinkRecord(
              CLICKS.topic(), 0, null, null, Schema.STRING_SCHEMA, "no change event", offset));
    }
    Map<String, String> configuration = configuration();
    configuration.put("dead.letter.table", "public.letters");
    group.put(partition, first);
    try (FakeWorker worker =
        new FakeWorker(configuration, Map.of(partition, records), group, new Random(1))) {
      do {
        worker.poll();
      } while (!worker.commit());
    }
    assertEquals(3, database.number("select count(*) from letters"));
    assertEquals(RECORDS - 3, database.number("select count(*) from shop.clicks"));
  }

  /** The warehouse is new, so that the task goes back; but it does not come to that. */
  @Test
  @Timeout(60)
  void taskDoesNotGoBackInPartitionsThatItHasLost() {
    log.keySet().forEach(partition -> group.put(partition, 50L));
    try (FakeWorker worker = new FakeWorker(configuration(), log, group, new Random(1))) {
      worker.poll();
      assertEquals(Set.of(), worker.revokeAll());
      assertTrue(worker.rewinds() > 0, "the task never went back");
    }
  }

  private Map<String, String> configuration() {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("name", "clicks");
    configuration.put("topics", CLICKS.topic());
    configuration.put("target", "postgres");
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    configuration.put("write.mode", "append");
    configuration.put("flush.max.records", "200");
    configuration.put("flush.interval.ms", "20");
    return configuration;
  }
}
