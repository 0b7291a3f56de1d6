// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lakehousecdc.smt.dlq.ChangeRules;
import io.lakehousecdc.smt.dlq.ChangeRules.Shape;
import io.lakehousecdc.smt.dlq.ChangeValidator;
import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Test of the mark that the real {@code ExtractNewRecordState} puts on a rewritten delete. */
class DeleteMarkTest {
  private static final DebeziumTable ITEMS =
      DebeziumRecords.table("public", "items").key("id", Schema.INT64_SCHEMA);

  @ParameterizedTest
  @CsvSource({"__,true", "__,false", "_cdc_,true", "_cdc_,false", "'',true", "'',false"})
  void markTellsADeleteUnderEveryPrefix(String prefix, boolean schemaless) {
    DebeziumTable items = shaped(rewritten(ITEMS, prefix, "source.sequence"), schemaless);
    assertInstanceOf(Event.Delete.class, read(prefix, items.delete(100, 110, 1L)));
    assertInstanceOf(Event.Change.class, read(prefix, items.create(100, 110, 1L)));
  }

  /** A row with no other metadata is a row all the same. */
  @ParameterizedTest
  @CsvSource({"__,true", "__,false", "_cdc_,true", "_cdc_,false"})
  void markAloneShowsARow(String prefix, boolean schemaless) {
    DebeziumTable items = shaped(rewritten(ITEMS, prefix, ""), schemaless);
    ChangeValidator validator = validator(prefix);
    assertEquals(List.of(), problems(validator, items.delete(100, 110, 1L)));
    assertEquals(List.of(), problems(validator, items.create(100, 110, 1L)));
  }

  @ParameterizedTest
  @CsvSource({"__,true", "__,false", "_cdc_,true", "_cdc_,false"})
  void columnOfThatNameIsNoMark(String prefix, boolean schemaless) {
    DebeziumTable texts =
        shaped(tombstones(ITEMS.column("__deleted", Schema.STRING_SCHEMA), prefix), schemaless);
    assertInstanceOf(Event.Change.class, read(prefix, texts.create(100, 110, 1L, "true")));
    DebeziumTable flags =
        shaped(tombstones(ITEMS.column("__deleted", Schema.BOOLEAN_SCHEMA), prefix), schemaless);
    assertInstanceOf(Event.Change.class, read(prefix, flags.create(100, 110, 1L, true)));
    DebeziumTable bare =
        shaped(ITEMS.column("__deleted", Schema.BOOLEAN_SCHEMA).flattened(Map.of()), schemaless);
    assertInstanceOf(Event.Change.class, read(prefix, bare.create(100, 110, 1L, true)));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void columnDeletedIsNoMetadataWhereThePrefixIsEmpty(boolean schemaless) {
    DebeziumTable items = ITEMS.column("deleted", Schema.STRING_SCHEMA).flattened(Map.of());
    assertEquals(
        1, problems(validator(""), shaped(items, schemaless).create(100, 110, 1L, "true")).size());
  }

  private static Event read(String prefix, DebeziumEvent event) {
    return new EventReader(prefix).read(event.at(0, 0));
  }

  private static ChangeValidator validator(String prefix) {
    return new ChangeValidator(
        new ChangeRules(
            Shape.ANY,
            prefix,
            ChangeRules.KNOWN_OPS,
            true,
            false,
            false,
            Set.of("id"),
            Map.of(),
            0));
  }

  private static List<String> problems(ChangeValidator validator, DebeziumEvent event) {
    return validator.problem(event.at(0, 0)).stream().toList();
  }

  private static DebeziumTable shaped(DebeziumTable table, boolean schemaless) {
    return schemaless ? table.schemaless() : table;
  }

  private static DebeziumTable rewritten(DebeziumTable table, String prefix, String fields) {
    return table.flattened(
        Map.of(
            "delete.tombstone.handling.mode", "rewrite",
            "add.fields", fields,
            "add.fields.prefix", prefix));
  }

  private static DebeziumTable tombstones(DebeziumTable table, String prefix) {
    return table.flattened(Map.of("add.fields", "op,source.sequence", "add.fields.prefix", prefix));
  }
}
