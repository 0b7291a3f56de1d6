// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LsnDedupSourceSideTest {
  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  private final LsnDedup<SourceRecord> transform = new LsnDedup<>();

  @BeforeEach
  void configure() {
    transform.configure(Map.of());
  }

  @AfterEach
  void close() {
    transform.close();
  }

  @Test
  void suffixEmittedAfterAReconnectIsDroppedUpToTheLastEventOfEachKey() {
    List<DebeziumEvent> events =
        List.of(
            ORDERS.create(100, 110, 1L, "a"),
            ORDERS.create(100, 120, 2L, "a"),
            ORDERS.update(200, 210, 1L, "b"),
            ORDERS.delete(300, 310, 2L),
            ORDERS.tombstone(2L));
    events.forEach(event -> assertNotNull(transform.apply(event.sourceRecord())));
    List<DebeziumEvent> passing =
        events.stream().filter(e -> transform.apply(e.sourceRecord()) != null).toList();
    assertEquals(events.subList(2, 5), passing);
  }

  @Test
  void recordThatTheWorkerTransformsAgainPasses() {
    SourceRecord record = ORDERS.create(100, 110, 1L, "a").sourceRecord();
    assertSame(record, transform.apply(record));
    assertSame(record, transform.apply(record));
  }

  @Test
  void markedDuplicateKeepsItsSourceOffset() {
    transform.configure(Map.of("mode", "header"));
    transform.apply(ORDERS.update(200, 210, 1L, "b").sourceRecord());
    SourceRecord duplicate = ORDERS.create(100, 110, 1L, "a").sourceRecord();
    SourceRecord marked = transform.apply(duplicate);
    assertEquals(true, marked.headers().lastWithName("cdc.duplicate").value());
    assertEquals(duplicate.sourcePartition(), marked.sourcePartition());
    assertEquals(duplicate.sourceOffset(), marked.sourceOffset());
    assertNull(duplicate.headers().lastWithName("cdc.duplicate"));
  }
}
