// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** An explicit NULL in a column with a default (case 19), through the real JSON converter. */
class ReplacedNullsTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("id", Schema.INT32_SCHEMA)
          .column("n", SchemaBuilder.int32().optional().defaultValue(5).build());

  private final Decoding decoding = Decoding.withDefaults();

  @Test
  void nullIsNotTakenForTheDefault() {
    RowEvent row = decoding.row(throughJson(TABLE.update(1, 1, 7, null), "false"));
    assertNull(after(row, "n"));
    assertEquals(List.of(), decoding.warnings());
  }

  @Test
  void converterThatReplacesNullIsFoundOutByAnyStreamedEvent() {
    RowEvent row = decoding.row(throughJson(TABLE.update(1, 1, 7, 6), "true"));
    assertEquals(6, after(row, "n"));
    decoding.row(throughJson(TABLE.update(2, 2, 7, null), "true"));
    assertEquals(1, decoding.warnings().size());
    String warning = decoding.warnings().get(0);
    assertTrue(warning.contains("Table public.t, columns [n]"), warning);
    assertTrue(warning.contains("value.converter.replace.null.with.default=false"), warning);
  }

  @Test
  void tableWithoutDefaultsIsNotWarnedOf() {
    DebeziumTable plain = DebeziumRecords.table("public", "t").key("id", Schema.INT32_SCHEMA);
    decoding.row(throughJson(plain.update(1, 1, 7), "true"));
    assertEquals(List.of(), decoding.warnings());
  }

  private static SinkRecord throughJson(
      io.lakehousecdc.testkit.DebeziumEvent event, String replaceNull) {
    SinkRecord record = event.at(0, 0);
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(
          Map.of("schemas.enable", "true", "replace.null.with.default", replaceNull), false);
      SchemaAndValue value =
          converter.toConnectData(
              record.topic(),
              converter.fromConnectData(record.topic(), record.valueSchema(), record.value()));
      return record.newRecord(
          record.topic(),
          record.kafkaPartition(),
          record.keySchema(),
          record.key(),
          value.schema(),
          value.value(),
          record.timestamp());
    }
  }
}
