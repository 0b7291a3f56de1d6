// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.RandomItems.State;
import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The query of docs/HISTORY.md finds a table as it was after each of its transactions, in a log
 * that is written while the source emits events again and the task is fenced or moved.
 */
class LogQueryIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "HISTORY.md");

  private final PostgresDatabase database = SharedPostgres.emptyDatabase("18");

  @TempDir Path lake;

  @ParameterizedTest
  @Seeds(2)
  @Timeout(120)
  void queryOfALogOfRowsAfterChanges(long seed) throws SQLException, IOException {
    RandomItems items = new RandomItems(seed, RandomItems.Identity.DEFAULT);
    run(items, seed, postgres("after"));
    assertStates(items, query().replaceAll("(?m)^.*_cdc_change_type.*\n", ""));
    assertRowsAre(items, RandomItems.Images.AFTER);
  }

  @ParameterizedTest
  @Seeds(2)
  @Timeout(120)
  void queryOfALogOfBothImages(long seed) throws SQLException, IOException {
    RandomItems items = new RandomItems(seed, RandomItems.Identity.FULL);
    run(items, seed, postgres("both"));
    assertStates(items, query());
    assertRowsAre(items, RandomItems.Images.BOTH);
  }

  @ParameterizedTest
  @Seeds(1)
  @Timeout(120)
  void logOfBothImagesHasPostimagesAloneWhereTheSourceSendsNoOldRow(long seed)
      throws SQLException, IOException {
    RandomItems items = new RandomItems(seed, RandomItems.Identity.DEFAULT);
    run(items, seed, postgres("both"));
    assertStates(items, query());
    assertRowsAre(items, RandomItems.Images.BOTH);
  }

  /** A Delta table, whose rows PostgreSQL is given to query. */
  @ParameterizedTest
  @Seeds(1)
  @Timeout(120)
  void queryOfALogOfBothImagesInDelta(long seed) throws SQLException, IOException {
    RandomItems items = new RandomItems(seed, RandomItems.Identity.FULL);
    run(items, seed, delta());
    copyToPostgres(new KernelReader(new LocalFileIO()).rows(lake + "/public/items"));
    assertStates(items, query());
    assertRowsAre(items, RandomItems.Images.BOTH);
  }

  /** Delivers all records, with rebalances, to tasks that die and are started anew. */
  private static void run(RandomItems items, long seed, Map<String, String> configuration) {
    Random random = new Random(seed);
    Map<TopicPartition, Long> group = new HashMap<>();
    boolean done = false;
    while (!done) {
      try (FakeWorker worker = new FakeWorker(configuration, items.log(), group, random)) {
        for (int polls = 0; polls < 10 && !done; polls++) {
          worker.poll();
          if (random.nextInt(6) == 0) {
            worker.reassign();
          }
          done = worker.commit();
        }
      }
    }
  }

  private void assertStates(RandomItems items, String query) {
    for (State state : items.states()) {
      String at = "timestamptz 'epoch' + " + state.micros() + " * interval '1 microsecond'";
      List<List<Object>> found = database.rows(query.replace(":at", at));
      assertThat(found)
          .as("rows at %s", state.micros())
          .containsExactlyInAnyOrderElementsOf(state.rows());
    }
  }

  /** Each change once, or of truncates each position: operation, kind of row and key. */
  private void assertRowsAre(RandomItems items, RandomItems.Images images) {
    String type = images == RandomItems.Images.BOTH ? "_cdc_change_type" : "null::text";
    String row = "_cdc_txid, _cdc_op, " + type + ", id";
    List<List<Object>> found =
        database.rows(
            "select "
                + row
                + " from public.items where _cdc_op <> 't' union all select "
                + row
                + " from public.items where _cdc_op = 't'"
                + " group by _cdc_epoch, _cdc_commit_lsn, _cdc_lsn, "
                + row.replace(type, images == RandomItems.Images.BOTH ? type : "_cdc_op"));
    assertThat(found).containsExactlyInAnyOrderElementsOf(items.loggedRows(images));
  }

  private static String query() throws IOException {
    String text = Files.readString(DOCUMENT);
    int begin = text.indexOf("WITH change AS");
    return text.substring(begin, text.indexOf("```", begin));
  }

  private void copyToPostgres(List<Map<String, Object>> rows) throws SQLException {
    database.execute(
        "create table public.items (id bigint, name text, note text, _cdc_op text,"
            + " _cdc_ts timestamptz, _cdc_lsn bigint, _cdc_commit_lsn bigint, _cdc_epoch integer,"
            + " _cdc_deleted boolean, _cdc_unchanged text[], _cdc_change_type text,"
            + " _cdc_txid bigint)");
    List<String> names = new ArrayList<>(rows.get(0).keySet());
    String values =
        names.stream()
            .map(
                name ->
                    name.equals("_cdc_ts")
                        ? "timestamptz 'epoch' + ? * interval '1 microsecond'"
                        : "?")
            .collect(Collectors.joining(", "));
    String sql =
        "insert into public.items (" + String.join(", ", names) + ") values (" + values + ")";
    try (Connection connection = database.connect();
        PreparedStatement insert = connection.prepareStatement(sql)) {
      for (Map<String, Object> row : rows) {
        for (int i = 0; i < names.size(); i++) {
          Object value = row.get(names.get(i));
          Object given =
              value instanceof List<?> list
                  ? connection.createArrayOf("text", list.toArray())
                  : value;
          insert.setObject(i + 1, given);
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private Map<String, String> postgres(String images) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("target", "postgres");
    configuration.put("postgres.url", database.jdbcUrl());
    configuration.put("postgres.user", database.user());
    configuration.put("postgres.password", database.password());
    return appending(configuration, images);
  }

  private Map<String, String> delta() {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("target", "delta");
    configuration.put("delta.root", lake.toString());
    return appending(configuration, "both");
  }

  private static Map<String, String> appending(Map<String, String> configuration, String images) {
    configuration.put("name", "items");
    configuration.put("topics", RandomItems.ITEMS.topic());
    configuration.put("write.mode", "append");
    configuration.put("append.images", images);
    configuration.put("flush.max.records", "50");
    configuration.put("flush.interval.ms", "20");
    return configuration;
  }
}
