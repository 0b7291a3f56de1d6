// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task whose one table is under maintenance goes on with the others. */
@Timeout(120)
class MaintenanceIT {
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks").key("id", Schema.INT64_SCHEMA);
  private static final DebeziumTable ITEMS =
      DebeziumRecords.table("shop", "items")
          .key("id", Schema.INT64_SCHEMA)
          .column("n", Schema.OPTIONAL_INT32_SCHEMA);
  private static final DebeziumTable WIDE_ITEMS =
      DebeziumRecords.table("shop", "items")
          .key("id", Schema.INT64_SCHEMA)
          .column("n", Schema.OPTIONAL_INT64_SCHEMA);
  private static final DebeziumTable NEWS =
      DebeziumRecords.table("shop", "news").key("id", Schema.INT64_SCHEMA);
  private static final DebeziumTable SHORT_ITEMS =
      DebeziumRecords.table("shop", "items").key("id", Schema.INT64_SCHEMA);

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final List<SinkRecord> clicks = new ArrayList<>();
  private final List<SinkRecord> items = new ArrayList<>();
  private final List<SinkRecord> news = new ArrayList<>();
  private final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> group = new HashMap<>();
  private long lsn = 10;

  MaintenanceIT() {
    log.put(new TopicPartition(CLICKS.topic(), 0), clicks);
    log.put(new TopicPartition(ITEMS.topic(), 0), items);
    log.put(new TopicPartition(NEWS.topic(), 0), news);
  }

  @Test
  void truncateHoldsBackItsOwnTableOnly() throws Exception {
    try (FakeWorker worker = worker()) {
      begin(worker);
      lsn++;
      items.add(ITEMS.truncate(lsn, lsn).at(0, items.size()));
      create(ITEMS, 3L, 3);
      goOnBeside(worker);
    }
    assertEquals(List.of(List.of(3L, 3)), rows());
  }

  @Test
  void wideningHoldsBackItsOwnTableOnly() throws Exception {
    try (FakeWorker worker = worker()) {
      begin(worker);
      create(WIDE_ITEMS, 3L, 3L << 40);
      goOnBeside(worker);
    }
    assertEquals(List.of(List.of(1L, 1L), List.of(2L, 2L), List.of(3L, 3L << 40)), rows());
  }

  @Test
  void droppedColumnHoldsBackItsOwnTableOnly() throws Exception {
    try (FakeWorker worker = worker()) {
      begin(worker);
      lsn++;
      items.add(SHORT_ITEMS.create(lsn, lsn, 3L).at(0, items.size()));
      goOnBeside(worker);
    }
    List<Object> first = new ArrayList<>(List.of(1L));
    first.add(null);
    assertEquals(first, rows().get(0));
    assertEquals(3, rows().size());
  }

  private void begin(FakeWorker worker) {
    create(ITEMS, 1L, 1);
    create(ITEMS, 2L, 2);
    click();
    finish(worker);
  }

  /**
   * More clicks arrive, and the first row of another table of the schema, while somebody keeps
   * everybody else from writing items.
   */
  private void goOnBeside(FakeWorker worker) throws Exception {
    try (Connection reader = database.connect();
        var lock = reader.createStatement()) {
      reader.setAutoCommit(false);
      lock.execute("lock table shop.items in share mode");
      String before = text(lock);
      for (int round = 0; round < 5; round++) {
        click();
        while (database.number("select count(*) from shop.clicks") < clicks.size()) {
          worker.poll();
        }
      }
      lsn++;
      news.add(NEWS.create(lsn, lsn, lsn).at(0, news.size()));
      while (database.value("select to_regclass('shop.news')") == null) {
        worker.poll();
      }
      worker.commit();
      assertEquals(2, group.get(new TopicPartition(ITEMS.topic(), 0)));
      assertEquals(before, text(lock));
    }
    finish(worker);
  }

  /** The items, read by who holds the lock: others may have to wait behind those who want it. */
  private static String text(Statement lock) throws SQLException {
    try (ResultSet row =
        lock.executeQuery("select array_agg(i order by id)::text from shop.items i")) {
      row.next();
      return row.getString(1);
    }
  }

  private void create(DebeziumTable table, Object... values) {
    lsn++;
    items.add(table.create(lsn, lsn, values).at(0, items.size()));
  }

  private void click() {
    lsn++;
    clicks.add(CLICKS.create(lsn, lsn, lsn).at(0, clicks.size()));
  }

  private static void finish(FakeWorker worker) {
    do {
      worker.poll();
    } while (!worker.commit());
  }

  private List<List<Object>> rows() {
    return database.rows("select id, n from shop.items order by id");
  }

  private FakeWorker worker() {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("name", "shop");
    configuration.put("topics", CLICKS.topic() + "," + ITEMS.topic() + "," + NEWS.topic());
    configuration.put("target", "postgres");
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    configuration.put("postgres.maintenance.min.bytes", "0");
    configuration.put("schema.dropped.columns", "null");
    // Whoever waited for maintenance would do so for longer than the test may take.
    configuration.put("postgres.lock.timeout.ms", "600000");
    configuration.put("flush.interval.ms", "20");
    return new FakeWorker(configuration, log, group, new Random(1));
  }
}
