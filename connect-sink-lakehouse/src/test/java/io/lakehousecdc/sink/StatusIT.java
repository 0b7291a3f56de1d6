// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.sink.spi.StatusRow;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.TableEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task tells of its tables, and the query of docs/OPERATIONS.md that reads it. */
@Timeout(120)
class StatusIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "OPERATIONS.md");
  private static final DebeziumTable CLICKS =
      DebeziumRecords.table("shop", "clicks")
          .key("id", Schema.INT64_SCHEMA)
          .column("page", Schema.OPTIONAL_STRING_SCHEMA);

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final Map<TopicPartition, Long> group = new HashMap<>();

  @TempDir Path lake;

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "delta"})
  void taskTellsWhatItHasDoneToATable(String target) {
    Map<String, String> sink = sink(target);
    run(sink, List.of());
    run(sink, List.of(CLICKS.update(200, 210, 2L, "b2"), CLICKS.delete(220, 230, 1L, null)));
    List<TableStatus> all = ConfiguredSink.of(sink).status();
    assertThat(all).hasSize(1);
    TableStatus status = all.get(0);
    assertEquals(CLICKS.topic(), status.key().topic());
    assertEquals(new TableId("shop", "clicks"), status.key().table());
    assertEquals(new Counts(3, 1, 1, 4, 1, 1), status.counts());
    assertEquals(230, status.applied().position().lsn());
    assertThat(status.committedMicros()).isGreaterThan(1_700_000_000_000_000L);
    assertThat(status.rejection().text()).contains("offset 0");
    assertThat(status.rejection().text()).doesNotContain("of a person");
  }

  @Test
  void queryOfTheRunbookTellsHowFarWeAre() throws IOException {
    run(sink("postgres"), List.of());
    List<List<Object>> rows = database.rows(query());
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).subList(0, 3)).containsExactly("clicks", "shop", "clicks");
    assertThat(rows.get(0).get(3)).as("behind").isNotNull();
    assertThat(rows.get(0).subList(6, 11)).containsExactly(3L, 0L, 0L, 1L, null);
  }

  /** The same names, so that the query is the same. */
  @Test
  void deltaTableHasTheColumnsOfTheQuery() {
    run(sink("delta"), List.of());
    Map<String, Object> row =
        new KernelReader(new LocalFileIO()).rows(lake + "/_cdc_status").get(0);
    assertThat(row.keySet())
        .containsAll(StatusRow.SCHEMA.columns().stream().map(column -> column.name()).toList());
    assertEquals(3L, row.get("inserted"));
  }

  @Test
  void nothingIsStoredWhereItIsTurnedOff() {
    for (String target : List.of("postgres", "delta")) {
      Map<String, String> sink = sink(target);
      sink.put("status.interval.ms", "-1");
      group.clear();
      run(sink, List.of());
      assertThat(ConfiguredSink.of(sink).status()).isEmpty();
    }
    assertThat(Files.exists(lake.resolve("_cdc_status"))).isFalse();
    assertEquals(
        0, database.number("select count(*) from pg_tables where tablename = '_cdc_status'"));
  }

  /** A record that is rejected, three rows, and what follows; to a task that ends in good order. */
  private void run(Map<String, String> sink, List<TableEvent> following) {
    List<SinkRecord> records = new ArrayList<>();
    records.add(
        new SinkRecord(CLICKS.topic(), 0, null, null, Schema.STRING_SCHEMA, "of a person", 0));
    Stream.concat(
            Stream.of(
                CLICKS.create(100, 110, 1L, "a"),
                CLICKS.create(100, 120, 2L, "b"),
                CLICKS.create(100, 130, 3L, "c")),
            following.stream())
        .forEach(event -> records.add(event.at(0, records.size())));
    TopicPartition partition = new TopicPartition(CLICKS.topic(), 0);
    try (FakeWorker worker =
        new FakeWorker(sink, Map.of(partition, records), group, new Random(1))) {
      do {
        worker.poll();
      } while (!worker.commit());
    }
  }

  private Map<String, String> sink(String target) {
    Map<String, String> sink = new HashMap<>();
    sink.put("name", "clicks");
    sink.put("topics", CLICKS.topic());
    sink.put("target", target);
    sink.put("postgres.url", database.jdbcUrl());
    sink.put("postgres.user", database.user());
    sink.put("postgres.password", database.password());
    sink.put("delta.root", lake.toString());
    sink.put("dead.letter.table", "letters.clicks");
    sink.put("flush.interval.ms", "20");
    sink.put("status.interval.ms", "0");
    return sink;
  }

  private static String query() throws IOException {
    String text = Files.readString(DOCUMENT);
    int begin = text.indexOf("SELECT connector, table_schema, table_name,");
    return text.substring(begin, text.indexOf("```", begin));
  }
}
