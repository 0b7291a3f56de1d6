// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Test of whom an event says it comes from. */
class SourceIdTest {
  private static final String METADATA = "op,source.sequence,source.ts_ms";
  private static final DebeziumTable ITEMS =
      DebeziumRecords.table("public", "items")
          .source("eu.blue", "shop")
          .key("id", Schema.INT64_SCHEMA)
          .column("name", Schema.STRING_SCHEMA)
          .column("db", Schema.STRING_SCHEMA);

  private final EventReader events = new EventReader("__");

  @Test
  void envelopeTellsAll() {
    SourceId expected = new SourceId("eu.blue", "shop", "postgresql");
    assertEquals(expected, id(events, ITEMS));
    assertEquals(expected, id(events, ITEMS.schemaless()));
  }

  @ParameterizedTest
  @CsvSource({"add.fields,false", "add.fields,true", "add.headers,false", "add.headers,true"})
  void flattenedRecordTellsWhatWasAdded(String target, boolean schemaless) {
    DebeziumTable all = flattened(target, METADATA + ",source.name,source.db,source.connector");
    assertEquals(
        new SourceId("eu.blue", "shop", "postgresql"),
        id(events, schemaless ? all.schemaless() : all));
    DebeziumTable database = flattened(target, METADATA + ",source.db");
    assertEquals(
        new SourceId("eu.blue", "shop", ""),
        id(events, schemaless ? database.schemaless() : database));
    DebeziumTable none = flattened(target, METADATA);
    assertEquals(
        new SourceId("eu.blue", "", ""), id(events, schemaless ? none.schemaless() : none));
  }

  @Test
  void deleteThatWasFlattenedToNullIsOfTheSameSource() {
    DebeziumTable items =
        ITEMS.flattened(
            Map.of(
                "delete.tombstone.handling.mode",
                "tombstone",
                "add.headers",
                METADATA + ",source.name,source.db"));
    SourceId change = id(events, items);
    assertEquals(change, id(events, items.delete(100, 110, 1L)));
  }

  @Test
  void columnsAreNoMetadataWhereThePrefixIsEmpty() {
    Map<String, String> bare = new HashMap<>(Map.of("add.fields", METADATA));
    bare.put("add.fields.prefix", "");
    assertEquals(new SourceId("eu.blue", "", ""), id(new EventReader(""), ITEMS.flattened(bare)));
  }

  @Test
  void topicOfOneWordNamesNoSource() {
    DebeziumEvent event = flattened("add.fields", METADATA).create(100, 110, 1L, "n", "d");
    assertEquals(SourceId.UNKNOWN, events.read(event.at("items", 0, 0)).source().id());
  }

  @Test
  void sourceIsOneObjectWhileItStaysTheSame() {
    assertSame(id(events, ITEMS), id(events, ITEMS));
  }

  private static DebeziumTable flattened(String target, String names) {
    return ITEMS.flattened(Map.of(target, names));
  }

  private static SourceId id(EventReader reader, DebeziumTable table) {
    return id(reader, table.create(100, 110, 1L, "a name", "a db"));
  }

  private static SourceId id(EventReader reader, DebeziumEvent event) {
    return reader.read(event.at(0, 0)).source().id();
  }
}
