// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;

/** Tests of {@code transactions=atomic} with a real PostgreSQL target. */
class WholeTransactionsIT {
  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final TransfersSource source = new TransfersSource();
  private final Map<TopicPartition, Long> group = new HashMap<>();
  private int states;

  @ParameterizedTest
  @Seeds(3)
  @Timeout(60)
  void bothTablesAgreeAfterEveryCommit(long seed) {
    Random random = new Random(seed);
    for (int i = 1; i <= 300; i++) {
      source.transaction(i, 1 + random.nextInt(4));
    }
    Map<String, String> settings = settings();
    settings.put("flush.max.records", "1");
    FakeWorker worker = new FakeWorker(settings, source.log(), group, random);
    boolean done = false;
    while (!done) {
      worker.poll();
      assertAgreement();
      int event = random.nextInt(40);
      if (event == 0) {
        worker.reassign();
      } else if (event == 1) {
        Map<TopicPartition, Long> behind = new HashMap<>(group);
        worker.close();
        // The worker has died before it could tell Kafka.
        group.clear();
        group.putAll(behind);
        worker = new FakeWorker(settings, source.log(), group, random);
      }
      done = worker.commit();
    }
    worker.close();
    assertAgreement();
    assertEquals(source.rows(), database.number("select count(*) from debits"));
    assertEquals("300", database.value("select transaction_id from _cdc_progress"));
    assertEquals(source.lsn(), database.number("select commit_lsn from _cdc_progress"));
    assertTrue(states > 10, "the test has seen " + states + " states only");
  }

  /** A small buffer: partitions that are ahead wait for those that are behind. */
  @ParameterizedTest
  @Seeds(2)
  @Timeout(60)
  void aSmallBufferLocksNothingUp(long seed) {
    Random random = new Random(seed);
    for (int i = 1; i <= 200; i++) {
      source.transaction(i, 1 + random.nextInt(4));
    }
    Map<String, String> settings = settings();
    settings.put("flush.max.bytes", "1024");
    settings.put("buffer.max.bytes", "40000");
    try (FakeWorker worker = new FakeWorker(settings, source.log(), group, random)) {
      do {
        worker.poll();
        assertAgreement();
      } while (!worker.commit());
    }
    assertEquals(source.rows(), database.number("select count(*) from debits"));
  }

  @Test
  @Timeout(60)
  void aRejectedRecordIsCountedLikeAnyOther() {
    source.transaction(1, 2);
    List<SinkRecord> debits = source.debits(0);
    SinkRecord first = debits.get(0);
    Struct spoiled = (Struct) first.value();
    spoiled.put("op", "?");
    source.transaction(2, 1);
    Map<String, String> settings = settings();
    settings.put("dead.letter.table", "public.letters");
    try (FakeWorker worker = new FakeWorker(settings, source.log(), group, new Random(1))) {
      do {
        worker.poll();
      } while (!worker.commit());
    }
    assertEquals(1, database.number("select count(*) from letters"));
    assertEquals(source.rows() - 1, database.number("select count(*) from debits"));
    assertEquals(source.rows(), database.number("select count(*) from credits"));
    assertEquals("2", database.value("select transaction_id from _cdc_progress"));
  }

  private void assertAgreement() {
    if (database.value("select to_regclass('_cdc_progress')::text") == null) {
      return;
    }
    List<Object> both =
        database
            .rows(
                "select (select (count(*), sum(amount))::text from debits),"
                    + " (select (count(*), sum(amount))::text from credits),"
                    + " (select count(*) from debits)")
            .get(0);
    assertEquals(both.get(0), both.get(1));
    states = Math.max(states, ((Number) both.get(2)).intValue());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "whole");
    settings.put("topics", source.topics());
    settings.put("target", "postgres");
    settings.put("postgres.url", database.jdbcUrl());
    settings.put("postgres.user", database.user());
    settings.put("postgres.password", database.password());
    settings.put("transactions", "atomic");
    settings.put("flush.interval.ms", "20");
    return settings;
  }
}
