// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How fresh another table of a task is while a table of as many rows as the system property {@code
 * lakehousecdc.soak.rows} says is truncated, cleared of a column or widened, under a statement
 * timeout of ten seconds: {@code mvn verify -pl connect-sink-lakehouse -am
 * -Dit.test=MaintenanceSoakIT -Dlakehousecdc.soak.rows=20000000}. {@code PostgresBigTablesSoakIT}
 * sees to sweeps and reports.
 */
@EnabledIfSystemProperty(named = "lakehousecdc.soak.rows", matches = "[0-9]+")
class MaintenanceSoakIT {
  private static final String ITEMS = table(Schema.OPTIONAL_INT32_SCHEMA).topic();
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks").key("id", Schema.INT64_SCHEMA);

  private final long rows = Long.getLong("lakehousecdc.soak.rows", 0);
  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final List<SinkRecord> clicks = new ArrayList<>();
  private final List<SinkRecord> items = new ArrayList<>();
  private final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();
  private FakeWorker worker;
  private long lsn = 1_000;

  @BeforeEach
  void fill() {
    log.put(new TopicPartition(CLICKS.topic(), 0), clicks);
    log.put(new TopicPartition(ITEMS, 0), items);
    worker = worker();
    add(items, table(Schema.OPTIONAL_INT32_SCHEMA), 1L, 1);
    add(clicks, CLICKS, lsn);
    do {
      worker.poll();
    } while (!worker.commit());
    database.execute(
        "insert into shop.items (id, n, _cdc_op, _cdc_lsn, _cdc_commit_lsn, _cdc_epoch)"
            + " select i, i, 'r', 50, 50, 0 from generate_series(2, "
            + rows
            + ") i");
  }

  @Test
  void truncateOfAllRows(TestInfo test) {
    lsn++;
    items.add(table(Schema.OPTIONAL_INT32_SCHEMA).truncate(lsn, lsn).at(0, items.size()));
    goOn(test);
    assertEquals(0, database.number("select count(*) from shop.items"));
  }

  @Test
  void truncateThatARowOutlives(TestInfo test) {
    database.execute(
        "update shop.items set _cdc_lsn = 1000000, _cdc_commit_lsn = 1000000 where id = 7");
    lsn++;
    items.add(table(Schema.OPTIONAL_INT32_SCHEMA).truncate(lsn, lsn).at(0, items.size()));
    goOn(test);
    assertEquals(1, database.number("select count(*) from shop.items"));
  }

  @Test
  void droppedColumn(TestInfo test) {
    add(items, DebeziumRecords.table("shop", "items").key("id", Schema.INT64_SCHEMA), 2L);
    goOn(test);
    assertEquals(0, database.number("select count(n) from shop.items"));
  }

  @Test
  void widening(TestInfo test) {
    add(items, table(Schema.OPTIONAL_INT64_SCHEMA), 2L, 1L << 40);
    goOn(test);
    assertEquals(1L << 40, database.value("select n from shop.items where id = 2"));
  }

  private static DebeziumTable table(Schema type) {
    return DebeziumRecords.table("shop", "items").key("id", Schema.INT64_SCHEMA).column("n", type);
  }

  /** Clicks one by one, each once the one before is in the target, until all items are. */
  private void goOn(TestInfo test) {
    long began = System.nanoTime();
    List<Long> waits = new ArrayList<>();
    try (FakeWorker closing = worker) {
      do {
        long click = System.nanoTime();
        lsn++;
        add(clicks, CLICKS, lsn);
        do {
          closing.poll();
        } while (database.number("select count(*) from shop.clicks") < clicks.size());
        waits.add(System.nanoTime() - click);
      } while (!closing.commit());
    }
    waits.sort(null);
    System.out.println(
        test.getDisplayName()
            + ": "
            + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)
            + " s; freshness of the other table: median "
            + TimeUnit.NANOSECONDS.toMillis(waits.get(waits.size() / 2))
            + " ms, p99 "
            + TimeUnit.NANOSECONDS.toMillis(waits.get(waits.size() * 99 / 100))
            + " ms, longest "
            + TimeUnit.NANOSECONDS.toMillis(waits.get(waits.size() - 1))
            + " ms of "
            + waits.size());
  }

  private void add(List<SinkRecord> topic, DebeziumTable table, Object... values) {
    lsn++;
    topic.add(table.create(lsn, lsn, values).at(0, topic.size()));
  }

  private FakeWorker worker() {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("name", "shop");
    configuration.put("topics", CLICKS.topic() + "," + ITEMS);
    configuration.put("target", "postgres");
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    configuration.put("postgres.statement.timeout.ms", "10000");
    configuration.put("schema.rewrite.max.bytes", "1000000000000");
    configuration.put("schema.dropped.columns", "null");
    configuration.put("flush.interval.ms", "20");
    return new FakeWorker(configuration, log, group, new Random(1));
  }
}
