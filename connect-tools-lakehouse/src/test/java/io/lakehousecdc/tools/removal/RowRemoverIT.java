// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.tools.FedSink;
import io.lakehousecdc.tools.SharedServer;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowRemoverIT {
  private static final TableId ITEMS = new TableId("shop", "items");

  /** Text that would end a statement if it became part of one. */
  private static final String HOSTILE = "x'; DROP TABLE shop.items; --";

  private static final DebeziumTable TABLE =
      DebeziumRecords.table("shop", "items")
          .key("id", Schema.INT64_SCHEMA)
          .key("name", Schema.STRING_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  @TempDir Path root;
  private PostgresDatabase database;

  private Map<String, String> configuration(String target) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "items");
    settings.put("topics", TABLE.topic());
    settings.put("target", target.substring(0, target.indexOf(' ')));
    settings.put("flush.interval.ms", "20");
    if (target.startsWith("postgres")) {
      database = SharedServer.emptyDatabase();
      settings.put("postgres.url", database.jdbcUrl());
      settings.put("postgres.user", database.user());
      settings.put("postgres.password", database.password());
    } else {
      settings.put("delta.root", root.toString());
      settings.put(
          "delta.deletion.vectors", Boolean.toString(!target.equals("delta without vectors")));
      settings.put(
          "delta.change.data.feed", Boolean.toString(target.equals("delta with change feed")));
    }
    return settings;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres target",
        "delta target",
        "delta without vectors",
        "delta with change feed"
      })
  void rowsGoWhereTheyAreStillAsTheyWereAndTheSinkGoesOn(String target) throws Exception {
    Map<String, String> settings = configuration(target);
    ConfiguredSink sink = ConfiguredSink.of(settings);
    try (FedSink fed = new FedSink(settings, TABLE.topic(), 0)) {
      fed.feed(
          TABLE.create(10, 11, 1L, "a", "one"),
          TABLE.create(10, 12, 1L, HOSTILE, "two"),
          TABLE.create(10, 13, 2L, "b", null));
      fed.feed(TABLE.update(20, 21, 2L, "b", "three"));

      Removed removed;
      try (RowRemover remover = RowRemover.open(sink, ITEMS)) {
        removed =
            remover.remove(
                List.of(row(1, HOSTILE, 10, 12), row(2, "b", 10, 13), row(3, "c", 10, 13)));
      }

      assertEquals(List.of(row(1, HOSTILE, 10, 12)), removed.removed());
      assertEquals(List.of(row(2, "b", 10, 13)), removed.changed());
      assertEquals(List.of(row(3, "c", 10, 13)), removed.absent());
      assertEquals(Set.of("1 a one", "2 b three"), rows(sink));

      fed.feed(
          TABLE.update(30, 31, 1L, "a", "four"),
          TABLE.create(30, 32, 1L, HOSTILE, "five"),
          TABLE.delete(30, 33, 2L, "b"));
      assertEquals(Set.of("1 a four", "1 " + HOSTILE + " five"), rows(sink));
      try (RowRemover remover = RowRemover.open(sink, ITEMS)) {
        assertEquals(1, remover.remove(List.of(row(1, HOSTILE, 30, 32))).removed().size());
        assertEquals(1, remover.remove(List.of(row(1, HOSTILE, 30, 32))).absent().size());
      }
    }
    if (target.equals("delta with change feed")) {
      try (Stream<Path> files = Files.list(root.resolve("shop/items/_change_data"))) {
        assertTrue(files.count() >= 2, "the feed is told of rows that were removed");
      }
    }
  }

  @Test
  void textThatIsNoValueOfTheColumnIsRefusedWithoutBeingQuoted() throws SQLException {
    for (String target : List.of("postgres target", "delta target")) {
      Map<String, String> settings = configuration(target);
      try (FedSink fed = new FedSink(settings, TABLE.topic(), 0)) {
        fed.feed(TABLE.create(10, 11, 1L, "a", "one"));
        try (RowRemover remover = RowRemover.open(ConfiguredSink.of(settings), ITEMS)) {
          RemovableRow row =
              new RemovableRow(
                  KeyText.parse(List.of("id=secret", "name=a")), StoredPosition.of(0, 10, 11));
          UsageException refusal =
              assertThrows(UsageException.class, () -> remover.remove(List.of(row)));
          assertTrue(!refusal.getMessage().contains("secret"), refusal.getMessage());
        }
      }
    }
  }

  private static RemovableRow row(long id, String name, long commitLsn, long lsn) {
    Map<String, String> key = new LinkedHashMap<>();
    key.put("id", Long.toString(id));
    key.put("name", name);
    return new RemovableRow(new KeyText(key), StoredPosition.of(0, commitLsn, lsn));
  }

  private Set<String> rows(ConfiguredSink sink) throws IOException {
    Set<String> rows = new TreeSet<>();
    if (sink.target().equals("postgres")) {
      database
          .rows("select id, name, note from shop.items")
          .forEach(row -> rows.add(row.get(0) + " " + row.get(1) + " " + row.get(2)));
      return rows;
    }
    try (ReadTables tables = ReadTables.open(sink.targetSettings())) {
      ReadTable table = tables.latest(ITEMS).orElseThrow();
      List<DeltaColumn> columns = table.shape().columns(List.of("id", "name", "note"));
      for (LiveFile file : table.files()) {
        table.rows(
            file,
            columns,
            (place, cells) ->
                rows.add(String.join(" ", Arrays.stream(cells).map(String::valueOf).toList())));
      }
    }
    return rows;
  }
}
