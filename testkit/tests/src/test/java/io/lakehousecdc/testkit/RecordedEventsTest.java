// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class RecordedEventsTest {
  private static final DebeziumTable PLAIN =
      DebeziumRecords.table("public", "plain")
          .source("smp", "smp")
          .key("id", Schema.INT32_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);

  @Test
  void builtCreateEqualsTheRecordedOne() {
    SinkRecord recorded = RecordedEvents.read(RecordedEvents.PLAIN).get(0);
    SinkRecord built =
        PLAIN
            .create(284207888L, 284226840L, 1, "s")
            .txId(42505)
            .tsMs(1795232230556L)
            .transaction(1, 1)
            .at(0, 0);
    assertEquals(recorded.topic(), built.topic());
    assertEquals(recorded.keySchema(), built.keySchema());
    assertEquals(recorded.key(), built.key());
    assertEquals(recorded.valueSchema(), built.valueSchema());
    assertEqualButForMicroseconds((Struct) recorded.value(), (Struct) built.value());
  }

  @Test
  void builtIncrementalSnapshotRowEqualsTheRecordedOne() {
    SinkRecord recorded = RecordedEvents.read(RecordedEvents.PLAIN).get(4);
    SinkRecord built =
        PLAIN
            .incrementalSnapshot(284228128L, 284228128L, 1, "u")
            .tsMs(1795232232638L)
            .at(0, recorded.kafkaOffset());
    assertEqualButForMicroseconds((Struct) recorded.value(), (Struct) built.value());
  }

  @Test
  void recordedKeyChangeHasItsHeaders() {
    List<SinkRecord> recorded = RecordedEvents.read(RecordedEvents.ITEM);
    assertEquals(29, recorded.size());
    assertEquals(
        java.util.Map.of("id", (byte) 10),
        recorded.get(7).headers().lastWithName("__debezium.newkey").value());
    assertEquals(
        "smp",
        recorded.get(0).headers().lastWithName("__debezium.context.connectorLogicalName").value());
    assertNull(recorded.get(8).value());
    assertNull(recorded.get(16).key());
  }

  @Test
  void recordedTruncateEqualsTheBuiltOneInItsSchemas() {
    SinkRecord recorded = RecordedEvents.read(RecordedEvents.ITEM).get(16);
    SinkRecord built = PLAIN.truncate(283962392L, 283965296L).at(0, 0);
    assertEquals(recorded.keySchema(), built.keySchema());
    assertEquals(
        recorded.valueSchema().field("source").schema(),
        built.valueSchema().field("source").schema());
  }

  /**
   * The builder knows milliseconds; the recording has nanoseconds, and its own time of emission.
   */
  private static void assertEqualButForMicroseconds(Struct recorded, Struct built) {
    for (Struct each :
        List.of(recorded, recorded.getStruct("source"), built, built.getStruct("source"))) {
      each.put("ts_us", null);
      each.put("ts_ns", null);
    }
    recorded.put("ts_ms", null);
    built.put("ts_ms", null);
    assertEquals(recorded, built);
  }
}
