// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DebeziumRecordsTest {
  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA)
          .column("amount", DebeziumTypes.decimal(10, 2))
          .column("tags", DebeziumTypes.array(DebeziumTypes.uuid()).optional());

  private static final BigDecimal AMOUNT = new BigDecimal("1.50");

  @Test
  void flattenedCreateIsARowWithItsMetadata() {
    SinkRecord record =
        ORDERS.flattened().create(100, 120, 1L, "x", AMOUNT, List.of()).at("t", 3, 7);
    Struct row = (Struct) record.value();
    assertEquals("x", row.get("note"));
    assertEquals("c", row.get("__op"));
    assertEquals(120L, row.get("__lsn"));
    assertEquals("[\"100\",\"120\"]", row.get("__source_sequence"));
    assertEquals("false", row.get("__deleted"));
    assertEquals("t", record.topic());
    assertEquals(3, record.kafkaPartition());
    assertEquals(7, record.kafkaOffset());
  }

  @Test
  void flattenedDeleteIsMarked() {
    Struct row = (Struct) ORDERS.flattened().delete(100, 130, 1L).at(0, 1).value();
    assertEquals("true", row.get("__deleted"));
    assertEquals("d", row.get("__op"));
  }

  @Test
  void flatteningCanPutTheMetadataIntoHeaders() {
    SinkRecord record =
        ORDERS
            .flattened(
                Map.of(
                    "add.headers", "op,source.lsn", "delete.tombstone.handling.mode", "tombstone"))
            .delete(100, 130, 1L)
            .at(0, 1);
    assertNull(record.value());
    assertEquals("d", record.headers().lastWithName("__op").value());
    assertEquals(130L, record.headers().lastWithName("__source_lsn").value());
  }

  @Test
  void flatteningDropsTruncates() {
    TableEvent truncate = ORDERS.flattened().truncate(100, 120);
    assertEquals(Optional.empty(), truncate.deliveredAt("t", 0, 0));
    assertThrows(IllegalStateException.class, () -> truncate.at(0, 0));
  }

  @Test
  void flattenedSchemaIsTheSameInstanceForEveryRecord() {
    DebeziumTable flat = ORDERS.flattened();
    assertSame(
        flat.create(100, 120, 1L, "x", AMOUNT, null).at(0, 0).valueSchema(),
        flat.create(100, 130, 2L, "y", AMOUNT, null).at(0, 1).valueSchema());
  }

  @Test
  void schemalessEnvelopeIsWhatJsonLeaves() {
    SinkRecord record = ORDERS.schemaless().create(100, 120, 1L, "x", AMOUNT, null).at(0, 0);
    assertNull(record.valueSchema());
    Map<?, ?> value = (Map<?, ?>) record.value();
    assertEquals("x", ((Map<?, ?>) value.get("after")).get("note"));
    assertEquals("AJY=", ((Map<?, ?>) value.get("after")).get("amount"));
    assertEquals(120L, ((Map<?, ?>) value.get("source")).get("lsn"));
    assertEquals(Map.of("id", 1L), record.key());
  }

  @Test
  void deleteByKeyHasMadeUpValuesInNotNullColumns() {
    Struct before = ((Struct) ORDERS.delete(100, 120, 1L).at(0, 0).value()).getStruct("before");
    assertEquals(1L, before.get("id"));
    assertNull(before.get("note"));
    assertEquals(new BigDecimal("0.00"), before.get("amount"));
  }

  @Test
  void unchangedValuesBecomeTheirPlaceholders() {
    Struct after =
        ((Struct)
                ORDERS
                    .update(
                        100, 120, 1L, DebeziumRecords.UNCHANGED, AMOUNT, DebeziumRecords.UNCHANGED)
                    .at(0, 0)
                    .value())
            .getStruct("after");
    assertEquals("__debezium_unavailable_value", after.get("note"));
    assertEquals(List.of("b68a35a7-17ad-35b3-af2a-ae46edb4545a"), after.get("tags"));
  }

  @Test
  void keyChangeIsDeleteTombstoneCreate() {
    List<SinkRecord> records =
        DebeziumRecords.at(0, 5, ORDERS.keyChange(100, 120, List.of(1L), 2L, "x", AMOUNT, null));
    assertEquals("d", ((Struct) records.get(0).value()).get("op"));
    assertNull(records.get(1).value());
    assertEquals("c", ((Struct) records.get(2).value()).get("op"));
    assertEquals(records.get(0).key(), records.get(1).key());
    assertEquals(7, records.get(2).kafkaOffset());
    assertEquals(
        records.get(2).key(), records.get(0).headers().lastWithName("__debezium.newkey").value());
    assertEquals(
        records.get(0).key(), records.get(2).headers().lastWithName("__debezium.oldkey").value());
  }

  @Test
  void initialSnapshotRowHasNoCommitLsn() {
    Struct source =
        ((Struct) ORDERS.snapshot(500, 1L, "x", AMOUNT, null).at(0, 0).value()).getStruct("source");
    assertEquals("[null,\"500\"]", source.get("sequence"));
    assertEquals("true", source.get("snapshot"));
  }

  @Test
  void eventsOfNoTableHaveTheirOwnTopics() {
    assertEquals("__debezium-heartbeat.src", DebeziumRecords.heartbeat("src", 1).at(0, 0).topic());
    assertEquals("src.transaction", DebeziumRecords.begin("src", "7:1", 1).at(0, 0).topic());
    Struct end =
        (Struct) DebeziumRecords.end("src", "7:9", 1, Map.of("public.orders", 2L)).at(0, 0).value();
    assertEquals(2L, end.get("event_count"));
    Struct message =
        (Struct) DebeziumRecords.message("src", 1, 2, "audit", new byte[] {1}).at(0, 0).value();
    assertEquals("m", message.get("op"));
  }
}
