// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Which source a record says that it comes from. */
class SourceIdTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("id", Schema.INT32_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);
  private static final SourceId NAMED = new SourceId("src", "shop", "postgresql");

  private final Decoding decoding = Decoding.withDefaults();

  @Test
  void envelopeNamesItsSource() {
    assertEquals(NAMED, decoding.row(TABLE.create(1, 1, 7, "x")).sourcePosition().source());
  }

  @Test
  void envelopeOfARoutedTopicNamesItsSource() {
    assertEquals(
        NAMED,
        decoding.row(TABLE.create(1, 1, 7, "x").at("all-shards", 0, 0)).sourcePosition().source());
  }

  @Test
  void identityOfASourceIsKeptFromRecordToRecord() {
    assertSame(
        decoding.row(TABLE.create(1, 1, 7, "x")).sourcePosition().source(),
        decoding.row(TABLE.create(2, 2, 8, "x")).sourcePosition().source());
  }

  @Test
  void flattenedRecordNamesItsSourceInFields() {
    DebeziumTable flat =
        TABLE.flattened(Map.of("add.fields", "op,source.name,source.db,source.connector"));
    assertEquals(NAMED, flattened(flat, "src.public.t"));
  }

  @Test
  void flattenedRecordNamesItsSourceInHeaders() {
    DebeziumTable flat =
        TABLE.flattened(Map.of("add.headers", "op,source.name,source.db,source.connector"));
    assertEquals(NAMED, flattened(flat, "src.public.t"));
  }

  @Test
  void topicsPrefixNamesTheSourceOtherwise() {
    DebeziumTable flat = TABLE.flattened(Map.of());
    assertEquals(new SourceId("src", "", ""), flattened(flat, "src.public.t"));
    assertEquals(new SourceId("a.b", "", ""), flattened(flat, "a.b.public.t"));
    assertEquals(SourceId.UNKNOWN, flattened(flat, "public.t"));
    assertEquals(SourceId.UNKNOWN, flattened(flat, "t"));
  }

  @Test
  void partsThatAreNotToldAreEmpty() {
    DebeziumTable flat = TABLE.flattened(Map.of("add.fields", "op,source.db"));
    assertEquals(new SourceId("src", "shop", ""), flattened(flat, "src.public.t"));
  }

  private SourceId flattened(DebeziumTable flat, String topic) {
    return decoding.row(flat.create(1, 1, 7, "x").at(topic, 0, 0)).sourcePosition().source();
  }
}
