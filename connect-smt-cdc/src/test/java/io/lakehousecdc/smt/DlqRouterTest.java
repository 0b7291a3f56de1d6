// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.smt.dlq.DeadLetterRecord;
import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.RecordedEvents;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DlqRouterTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_234), ZoneOffset.UTC);
  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  @ParameterizedTest
  @EnumSource
  void goodRecordsPassAsTheyAre(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    DlqRouter<SinkRecord> router =
        sink(Map.of("position.required", "true", "required.fields", "note"));
    List<? extends DebeziumEvent> events =
        List.of(
            orders.snapshot(100, 1L, "r"),
            orders.create(100, 110, 1L, "c"),
            orders.update(200, 210, 1L, "u"),
            orders.delete(300, 310, 1L),
            orders.tombstone(1L),
            orders.truncate(400, 410));
    for (SinkRecord record : DebeziumRecords.at(0, 0, events)) {
      assertSame(record, router.apply(record));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void heartbeatsBoundariesAndMessagesPass(boolean schemas) {
    DlqRouter<SinkRecord> router = sink(Map.of("position.required", "true"));
    List<DebeziumEvent> events =
        List.of(
            DebeziumRecords.heartbeat("src", 1),
            DebeziumRecords.begin("src", "7:100", 1),
            DebeziumRecords.end("src", "7:100", 1, Map.of("public.orders", 1L)),
            DebeziumRecords.message("src", 100, 110, "p", "m".getBytes(StandardCharsets.UTF_8)));
    for (DebeziumEvent event : events) {
      SinkRecord record = (schemas ? event : event.schemaless()).at(0, 0);
      assertSame(record, router.apply(record));
    }
  }

  @Test
  void recordedEventsPass() {
    DlqRouter<SinkRecord> router = sink(Map.of("position.required", "true"));
    for (String recording : List.of(RecordedEvents.ITEM, RecordedEvents.PLAIN)) {
      RecordedEvents.read(recording).forEach(record -> assertSame(record, router.apply(record)));
    }
  }

  @Test
  void badRecordFailsInASinkSayingWhereAndWhy() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> sink(Map.of()).apply(schemaless("orders", Map.of("foo", "secret value"))));
    assertTrue(e.getMessage().contains("orders-2@7"), e.getMessage());
    assertTrue(e.getMessage().contains("neither a Debezium envelope"), e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "op|zz|op is none of",
        "op||op is null",
        "source||source is null",
        "after||op is 'u' but after is null",
        "after|text|after is no row but a String",
      })
  void brokenEnvelopeIsBad(String field, String value, String reason) {
    Map<String, Object> envelope = envelope(ORDERS.update(100, 110, 1L, "a"));
    envelope.put(field, value);
    assertTrue(reasonOf(Map.of(), schemaless("orders", envelope)).contains(reason));
  }

  @Test
  void valueThatWasNotParsedIsBad() {
    assertTrue(reasonOf(Map.of(), schemaless("orders", "{malformed")).contains("is a String"));
    byte[] bytes = {1, 2};
    assertTrue(reasonOf(Map.of(), schemaless("orders", bytes)).contains("value.converter"));
  }

  @ParameterizedTest
  @EnumSource
  void operationThatIsNotAllowedIsBad(Shape shape) {
    SinkRecord delete = shape.of(ORDERS).delete(100, 110, 1L).at(0, 0);
    if (delete.value() == null) {
      return; // only a tombstone is left to check
    }
    String reason = reasonOf(Map.of("allowed.ops", "c,u,r"), delete);
    assertTrue(reason.contains("op 'd' is not among allowed.ops"), reason);
  }

  @ParameterizedTest
  @EnumSource
  void missingKeyIsBadWhereOneIsRequired(Shape shape) {
    SinkRecord record = withoutKey(shape.of(ORDERS).update(100, 110, 1L, "a").at(0, 0));
    assertTrue(reasonOf(Map.of(), record).contains("has no key"));
    assertSame(record, sink(Map.of("key.required", "false")).apply(record));
  }

  @ParameterizedTest
  @EnumSource
  void requiredColumnMustNotBeNull(Shape shape) {
    SinkRecord record = shape.of(ORDERS).update(100, 110, 1L, null).at(0, 0);
    Map<String, String> rules = Map.of("required.fields", "id,note");
    assertTrue(reasonOf(rules, record).contains("required field 'note' is missing or null"));
    assertTrue(
        reasonOf(Map.of("required.fields", "other"), record).contains("required field 'other'"));
  }

  @ParameterizedTest
  @EnumSource
  void columnsHaveTheTypesThatAreExpected(Shape shape) {
    SinkRecord record = shape.of(ORDERS).update(100, 110, 1L, "a").at(0, 0);
    Map<String, String> right = Map.of("field.types", "id:INT64, note:STRING, absent:BYTES");
    assertSame(record, sink(right).apply(record));
    String reason = reasonOf(Map.of("field.types", "note:INT32"), record);
    assertTrue(reason.contains("field 'note' is S"), reason);
    assertTrue(reason.contains("expected is INT32"), reason);
  }

  @Test
  void schemalessIntegerMustFitItsType() {
    SinkRecord record = ORDERS.schemaless().update(100, 110, 40_000L, "a").at(0, 0);
    assertSame(record, sink(Map.of("field.types", "id:INT32")).apply(record));
    assertTrue(reasonOf(Map.of("field.types", "id:INT16"), record).contains("field 'id'"));
  }

  @Test
  void semanticTypeIsComparedByName() {
    SinkRecord record = ORDERS.update(100, 110, 1L, "a").at(0, 0);
    String reason = reasonOf(Map.of("field.types", "note:io.debezium.data.Json"), record);
    assertTrue(reason.contains("is STRING, expected is io.debezium.data.Json"), reason);
  }

  @Test
  void deletesAreNotCheckedForColumns() {
    SinkRecord record = ORDERS.delete(100, 110, 1L).at(0, 0);
    assertSame(record, sink(Map.of("required.fields", "note")).apply(record));
  }

  @Test
  void valueBeyondTheLimitIsBad() {
    SinkRecord record = ORDERS.update(100, 110, 1L, "ä".repeat(1_000)).at(0, 0);
    assertTrue(reasonOf(Map.of("max.bytes", "2000"), record).contains("allowed are 2000"));
    assertSame(record, sink(Map.of("max.bytes", "3000")).apply(record));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void positionIsDemandedOnlyWhereConfigured(boolean schemas) {
    DebeziumTable rows = ORDERS.flattened(Map.of("add.fields", "op,lsn"));
    SinkRecord record = (schemas ? rows : rows.schemaless()).update(100, 110, 1L, "a").at(0, 0);
    assertSame(record, sink(Map.of()).apply(record));
    assertTrue(reasonOf(Map.of("position.required", "true"), record).contains("source.sequence"));
  }

  @Test
  void schemaIsDemandedOnlyWhereConfigured() {
    SinkRecord record = ORDERS.schemaless().update(100, 110, 1L, "a").at(0, 0);
    assertTrue(reasonOf(Map.of("schema.required", "true"), record).contains("has no schema"));
  }

  @Test
  void shapeDecidesWhatIsARow() {
    SinkRecord plain = ORDERS.flattened(Map.of()).update(100, 110, 1L, "a").at(0, 0);
    assertSame(plain, sink(Map.of("record.shape", "flattened")).apply(plain));
    assertTrue(reasonOf(Map.of("record.shape", "any"), plain).contains("neither"));
    SinkRecord row = ORDERS.flattened().update(100, 110, 1L, "a").at(0, 0);
    assertTrue(reasonOf(Map.of("record.shape", "envelope"), row).contains("neither"));
  }

  @Test
  void tableModeMakesADeadLetterInThePlaceOfTheRecord() {
    DlqRouter<SinkRecord> router = new DlqRouter<>(CLOCK);
    router.configure(Map.of("sink.mode", "table", "required.fields", "note"));
    SinkRecord bad = ORDERS.update(100, 110, 5L, null).at(3, 99);
    bad.headers().addString("dlq.retries", "2");
    SinkRecord letter = router.apply(bad);
    assertEquals(ORDERS.topic(), letter.topic());
    assertEquals(3, letter.kafkaPartition());
    assertEquals(99, letter.kafkaOffset());
    assertSame(bad.key(), letter.key());
    assertEquals("io.lakehousecdc.DeadLetter", letter.valueSchema().name());
    assertEquals(1, letter.valueSchema().version());
    assertSame(DeadLetterRecord.SCHEMA, letter.valueSchema());
    Struct value = (Struct) letter.value();
    assertEquals(ORDERS.topic(), value.get("topic"));
    assertEquals(3, value.get("partition"));
    assertEquals(99L, value.get("offset"));
    assertEquals("{\"id\":5}", value.get("key"));
    assertTrue(value.getString("value").contains("\"after\":{\"id\":5,\"note\":null}"));
    assertEquals("u", value.get("op"));
    assertEquals("org.apache.kafka.connect.errors.DataException", value.get("error_class"));
    assertEquals("required field 'note' is missing or null", value.get("error_message"));
    assertEquals(1_234L, value.get("created_at"));
    assertEquals(2, value.get("retries"));
  }

  @Test
  void deadLetterKeepsWhatIsNoEventAsItIs() {
    DlqRouter<SinkRecord> router = sink(Map.of("sink.mode", "table"));
    Struct text = (Struct) router.apply(schemaless("orders", "{malformed")).value();
    assertEquals("{malformed", text.get("value"));
    assertNull(text.get("op"));
    byte[] json = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "{\"a\":\"ü\"}", ((Struct) router.apply(schemaless("orders", json)).value()).get("value"));
    byte[] binary = {(byte) 0xff, 0};
    assertEquals(
        "/wA=", ((Struct) router.apply(schemaless("orders", binary)).value()).get("value"));
  }

  @Test
  void lsnDedupLeavesDeadLettersAlone() {
    DlqRouter<SinkRecord> router = sink(Map.of("sink.mode", "table"));
    SinkRecord letter = router.apply(schemaless("orders", "{malformed"));
    try (DedupRun dedup = new DedupRun()) {
      assertSame(letter, dedup.apply(letter));
      assertEquals(0, dedup.metric("Seen"));
    }
  }

  @Test
  void sourceSideSendsTheRecordToItsDeadLetterTopic() {
    DlqRouter<SourceRecord> router = new DlqRouter<>(CLOCK);
    router.configure(Map.of("dlq.topic.format", "dead.${topic}", "required.fields", "note"));
    SourceRecord bad = ORDERS.update(100, 110, 5L, null).sourceRecord();
    bad.headers().addString("kept", "yes");
    SourceRecord routed = router.apply(bad);
    assertEquals("dead." + ORDERS.topic(), routed.topic());
    assertNull(routed.kafkaPartition());
    assertSame(bad.key(), routed.key());
    assertSame(bad.value(), routed.value());
    assertSame(bad.valueSchema(), routed.valueSchema());
    assertEquals(bad.sourcePartition(), routed.sourcePartition());
    assertEquals("required field 'note' is missing or null", header(routed, "dlq.reason"));
    assertEquals(DataException.class.getName(), header(routed, "dlq.exception"));
    assertEquals(ORDERS.topic(), header(routed, "dlq.original.topic"));
    assertNull(header(routed, "dlq.original.partition"));
    assertEquals("{}", header(routed, "dlq.original.offset"));
    assertEquals("{\"id\":5}", header(routed, "dlq.original.key"));
    assertEquals("1234", header(routed, "dlq.timestamp"));
    assertEquals("yes", header(routed, "kept"));
    assertNull(header(bad, "dlq.reason"), "the record itself is left alone");
  }

  @Test
  void sourceSidePassesGoodRecords() {
    DlqRouter<SourceRecord> router = new DlqRouter<>();
    router.configure(Map.of());
    SourceRecord good = ORDERS.update(100, 110, 5L, "a").sourceRecord();
    assertSame(good, router.apply(good));
  }

  @Test
  void metricsCountWhatWasRejected() throws Exception {
    DlqRouter<SinkRecord> router = sink(Map.of("sink.mode", "table"));
    router.apply(ORDERS.update(100, 110, 5L, "a").at(0, 0));
    router.apply(schemaless("orders", "bad"));
    var beans = ManagementFactory.getPlatformMBeanServer();
    assertEquals(2L, beans.getAttribute(router.registration().name(), "Seen"));
    assertEquals(1L, beans.getAttribute(router.registration().name(), "Rejected"));
    router.close();
  }

  @ParameterizedTest
  @CsvSource({
    "allowed.ops,x",
    "field.types,id",
    "field.types,id:NUMBER",
    "record.shape,avro",
    "sink.mode,topic",
    "max.bytes,-1",
    "dlq.topic.format,${topic}",
    "metrics.id,a=b",
  })
  void badConfigurationIsRefusedByName(String key, String value) {
    ConfigException e = assertThrows(ConfigException.class, () -> sink(Map.of(key, value)));
    assertTrue(e.getMessage().contains(key), e.getMessage());
  }

  private static DlqRouter<SinkRecord> sink(Map<String, String> configuration) {
    DlqRouter<SinkRecord> router = new DlqRouter<>();
    router.configure(configuration);
    return router;
  }

  private static String reasonOf(Map<String, String> configuration, SinkRecord record) {
    return assertThrows(DataException.class, () -> sink(configuration).apply(record)).getMessage();
  }

  private static Object header(SourceRecord record, String name) {
    var header = record.headers().lastWithName(name);
    return header == null ? null : header.value();
  }

  private static SinkRecord schemaless(String topic, Object value) {
    return new SinkRecord(topic, 2, null, Map.of("id", 1L), null, value, 7);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> envelope(DebeziumEvent event) {
    return new HashMap<>((Map<String, Object>) event.schemaless().at(0, 0).value());
  }

  private static SinkRecord withoutKey(SinkRecord record) {
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        null,
        null,
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        record.headers());
  }
}
