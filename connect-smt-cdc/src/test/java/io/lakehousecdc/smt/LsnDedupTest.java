// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static io.lakehousecdc.smt.DedupRun.ORDERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.RecordedEvents;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of modes, bounds and records without a key or position in {@link LsnDedup}. */
class LsnDedupTest {
  private final DedupRun run = new DedupRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void headerModeMarksACopyAndLeavesTheRecord() {
    try (DedupRun marking = new DedupRun(Map.of("mode", "header", "header.name", "seen"))) {
      marking.apply(ORDERS.update(200, 210, 1L, "b").at(0, 0));
      SinkRecord duplicate = ORDERS.create(100, 110, 1L, "a").at(0, 1);
      duplicate.headers().addString("kept", "yes");
      SinkRecord marked = marking.apply(duplicate);
      Header header = marked.headers().lastWithName("seen");
      assertEquals(true, header.value());
      assertEquals(Schema.Type.BOOLEAN, header.schema().type());
      assertEquals("yes", marked.headers().lastWithName("kept").value());
      assertNull(duplicate.headers().lastWithName("seen"));
      assertSame(duplicate.value(), marked.value());
      assertEquals(1, marked.originalKafkaOffset());
      assertEquals(1, marking.metric("Dropped"));
    }
  }

  @Test
  void evictedKeyPasses() {
    try (DedupRun small = new DedupRun(Map.of("max.entries", "2"))) {
      small.passes(ORDERS.update(200, 210, 1L, "a"));
      small.passes(ORDERS.update(200, 220, 2L, "a"));
      small.passes(ORDERS.update(300, 310, 1L, "used again"));
      small.passes(ORDERS.update(400, 410, 3L, "a"));
      assertEquals(2, small.metric("Entries"));
      assertEquals(1, small.metric("Evicted"));
      assertFalse(small.passes(ORDERS.update(200, 210, 1L, "a")));
      assertTrue(small.passes(ORDERS.update(100, 110, 2L, "a")), "key 2 was forgotten");
    }
  }

  @Test
  void memoryIsBoundedInBytes() {
    try (DedupRun small = new DedupRun(Map.of("max.bytes", "10000"))) {
      for (long id = 0; id < 1_000; id++) {
        small.passes(ORDERS.create(100 + id, 110 + id, id, "a"));
      }
      assertTrue(small.metric("Bytes") <= 10_000);
      assertTrue(small.metric("Entries") > 10);
      assertEquals(1_000, small.metric("Entries") + small.metric("Evicted"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everythingElsePassesUntouched(boolean schemas) {
    List<DebeziumEvent> others =
        List.of(
            DebeziumRecords.heartbeat("src", 1),
            DebeziumRecords.begin("src", "7:100", 1),
            DebeziumRecords.end("src", "7:100", 1, Map.of("public.orders", 1L)),
            DebeziumRecords.message("src", 100, 110, "p", "m".getBytes(StandardCharsets.UTF_8)));
    for (int repeated = 0; repeated < 2; repeated++) {
      for (DebeziumEvent event : others) {
        SinkRecord record = (schemas ? event : event.schemaless()).at(0, repeated);
        assertSame(record, run.apply(record));
      }
    }
    assertEquals(0, run.metric("Seen"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"op,lsn", "op"})
  void flattenedRowWithoutSequencePasses(String fields) {
    DebeziumTable orders = ORDERS.flattened(Map.of("add.fields", fields));
    assertTrue(run.passes(orders.update(200, 210, 1L, "b")));
    assertTrue(run.passes(orders.create(100, 110, 1L, "a")));
    assertEquals(2, run.metric("Unpositioned"));
  }

  @ParameterizedTest
  @ValueSource(classes = {SimpleHeaderConverter.class, StringConverter.class})
  void headersThatConnectParsedAreUnderstood(Class<? extends HeaderConverter> converter)
      throws Exception {
    HeaderConverter reader = converter.getDeclaredConstructor().newInstance();
    DebeziumTable orders = Shape.FLATTENED_WITH_HEADERS.of(ORDERS);
    assertNotNull(run.apply(throughWorker(orders.update(200, 210, 1L, "b").at(0, 0), reader)));
    assertNull(run.apply(throughWorker(orders.create(100, 110, 1L, "a").at(0, 1), reader)));
    assertEquals(0, run.metric("Unpositioned"));
  }

  @Test
  void recordsWithoutAKeyPass() {
    DebeziumTable keyless =
        DebeziumRecords.table("public", "log").column("line", Schema.STRING_SCHEMA);
    assertTrue(run.passes(keyless.create(200, 210, "a")));
    assertTrue(run.passes(keyless.create(100, 110, "b")));
  }

  @Test
  void recordedStreamPassesOnceAndIsRecognisedWhenEmittedAgain() {
    for (String recording : List.of(RecordedEvents.ITEM, RecordedEvents.PLAIN)) {
      List<SinkRecord> records = RecordedEvents.read(recording);
      try (DedupRun fresh = new DedupRun()) {
        records.forEach(record -> assertSame(record, fresh.apply(record)));
        assertEquals(0, fresh.metric("Dropped"));
        assertEquals(0, fresh.metric("Epochs"));
        long passed =
            records.stream()
                .map(r -> shifted(r, 1_000))
                .filter(r -> fresh.apply(r) != null)
                .count();
        assertTrue(passed < records.size());
        assertEquals(records.size() - passed, fresh.metric("Dropped"));
        assertEquals(0, fresh.metric("Epochs"));
      }
    }
  }

  @Test
  void closedTransformLeavesNoBean() {
    LsnDedup<SinkRecord> transform = new LsnDedup<>();
    transform.configure(Map.of("metrics.id", "orders-sink"));
    var name = transform.registration().name();
    assertTrue(name.getKeyProperty("id").startsWith("orders-sink-"));
    transform.close();
    assertFalse(java.lang.management.ManagementFactory.getPlatformMBeanServer().isRegistered(name));
  }

  private static SinkRecord shifted(SinkRecord record, long by) {
    return new SinkRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.kafkaOffset() + by,
        record.timestamp(),
        record.timestampType(),
        record.headers());
  }

  /** Headers are written as text by the source's worker and parsed by the sink's. */
  private static SinkRecord throughWorker(SinkRecord record, HeaderConverter reader) {
    ConnectHeaders headers = new ConnectHeaders();
    try (SimpleHeaderConverter converter = new SimpleHeaderConverter()) {
      for (Header header : record.headers()) {
        byte[] wire =
            converter.fromConnectHeader("t", header.key(), header.schema(), header.value());
        headers.add(header.key(), reader.toConnectHeader("t", header.key(), wire));
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        headers);
  }
}
