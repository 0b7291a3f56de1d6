// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.Decoded.Skipped;
import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of records that are not row changes, and of malformed ones (cases 31, 32 and 33). */
class OtherRecordsTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("id", Schema.INT32_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);

  private final Decoding decoding = Decoding.withDefaults();

  @ParameterizedTest
  @MethodSource
  void recordThatConcernsNoTableIsSkipped(DebeziumEvent event, Skipped rule) {
    assertEquals(rule, decoding.decode(event));
    assertEquals(rule, decoding.decode(event.at("renamed", 0, 1)));
    assertEquals(rule, decoding.decode(event.schemaless()));
  }

  static Stream<Arguments> recordThatConcernsNoTableIsSkipped() {
    return Stream.of(
        arguments(DebeziumRecords.heartbeat("src", 5), Skipped.HEARTBEAT),
        arguments(DebeziumRecords.begin("src", "7:9", 5), Skipped.TRANSACTION_BOUNDARY),
        arguments(
            DebeziumRecords.end("src", "7:9", 5, Map.of("public.t", 2L)),
            Skipped.TRANSACTION_BOUNDARY),
        arguments(
            DebeziumRecords.message("src", 1, 2, "p", new byte[] {1}), Skipped.LOGICAL_MESSAGE));
  }

  @Test
  void schemaChangesAndNotificationsAreSkipped() {
    assertEquals(
        Skipped.SCHEMA_CHANGE,
        decoding.decode(
            record(struct("io.debezium.connector.postgresql.SchemaChangeValue", "ddl", "x"))));
    assertEquals(
        Skipped.NOTIFICATION,
        decoding.decode(record(struct("io.debezium.connector.common.Notification", "id", "x"))));
  }

  /** Case 31. */
  @Test
  void tombstoneOfAnUnknownTableHasItsKeyAlone() {
    TombstoneEvent tombstone = decoding.tombstone(TABLE.tombstone(7));
    assertEquals(new TableId("public", "t"), tombstone.table());
    assertEquals(RowKey.of(7), tombstone.key());
    assertEquals(1, tombstone.schema().size());
    assertEquals(SourcePosition.UNKNOWN, tombstone.sourcePosition());
  }

  @Test
  void tombstoneBelongsToTheTableThatItsTopicCarried() {
    decoding.row(TABLE.create(1, 1, 7, "x").at("renamed", 0, 0));
    TombstoneEvent tombstone =
        (TombstoneEvent) decoding.change(TABLE.tombstone(7).at("renamed", 0, 1));
    assertEquals(new TableId("public", "t"), tombstone.table());
  }

  @Test
  void tombstoneOfATopicOfSeveralTablesIsSkipped() {
    DebeziumTable other = DebeziumRecords.table("public", "u").key("id", Schema.INT32_SCHEMA);
    decoding.row(TABLE.create(1, 1, 7, "x").at("all", 0, 0));
    decoding.row(other.create(1, 1, 7).at("all", 0, 1));
    assertEquals(Skipped.TOMBSTONE, decoding.decode(TABLE.tombstone(7).at("all", 0, 2)));
  }

  @Test
  void deleteInATopicOfSeveralFlattenedTablesIsRejected() {
    Map<String, String> withTable = Map.of("add.fields", "table,schema");
    DebeziumTable other =
        DebeziumRecords.table("public", "u").key("id", Schema.INT32_SCHEMA).flattened(withTable);
    decoding.row(TABLE.flattened(withTable).create(1, 1, 7, "x").at("all", 0, 0));
    decoding.row(other.create(1, 1, 7).at("all", 0, 1));
    String message = decoding.rejected(other.delete(2, 2, 7).at("all", 0, 2)).errorMessage();
    assertTrue(message.contains("rewrite"), message);
  }

  /** Never a table of envelope fields. */
  @Test
  void cloudEventIsRefusedByName() {
    Map<String, Object> event =
        Map.of(
            "id", "name:src;lsn:29274832;txId:565",
            "source", "/debezium/postgresql/src",
            "specversion", "1.0",
            "type", "io.debezium.connector.postgresql.DataChangeEvent",
            "time", "2026-01-13T14:04:18.597Z",
            "datacontenttype", "application/json",
            "iodebeziumop", "c",
            "iodebeziumlsn", "29274832",
            "data", Map.of("before", Map.of(), "after", Map.of("id", 7)));
    assertTrue(decoding.rejected(record(event)).errorMessage().contains("CloudEventsConverter"));
    Schema schema =
        SchemaBuilder.struct()
            .name("io.debezium.postgresql.src.public.t.CloudEvents.Envelope")
            .field("id", Schema.STRING_SCHEMA)
            .field("source", Schema.STRING_SCHEMA)
            .field("specversion", Schema.STRING_SCHEMA)
            .field("iodebeziumop", Schema.STRING_SCHEMA)
            .build();
    Struct typed =
        new Struct(schema)
            .put("id", "x")
            .put("source", "y")
            .put("specversion", "1.0")
            .put("iodebeziumop", "c");
    assertTrue(decoding.rejected(record(typed)).errorMessage().contains("CloudEventsConverter"));
  }

  @Test
  void tombstoneWithoutAKeyIsSkipped() {
    assertEquals(Skipped.TOMBSTONE, decoding.decode(record(null)));
  }

  @Test
  void schemalessTombstoneCarriesTheKey() {
    assertEquals(RowKey.of(7L), decoding.tombstone(TABLE.schemaless().tombstone(7)).key());
  }

  /** Case 33. */
  @ParameterizedTest
  @MethodSource
  void malformedRecordIsRejectedWithTheReason(Object value, String reason) {
    DeadLetter letter = decoding.rejected(record(value));
    assertTrue(letter.errorMessage().contains(reason), letter.errorMessage());
    assertTrue(
        letter.errorMessage().contains("topic src.public.t, partition 2, offset 9"),
        letter.errorMessage());
  }

  static Stream<Arguments> malformedRecordIsRejectedWithTheReason() {
    SinkRecord good = TABLE.create(1, 1, 7, "x").at(0, 0);
    Struct envelope = (Struct) good.value();
    return Stream.of(
        arguments("{not json", "is a String and no change event"),
        arguments(new byte[] {1}, "converter"),
        arguments(Map.of("schema", Map.of(), "payload", Map.of()), "schemas.enable=true"),
        arguments(copy(envelope).put("op", "z"), "(op) is not known"),
        arguments(without(envelope, "op"), "no operation"),
        arguments(without(envelope, "after"), "no row (after)"),
        arguments(without(envelope, "source"), "no source block"),
        arguments(sequence(envelope, "[]"), "source.sequence is not of the form"),
        arguments(sequence(envelope, "12"), "source.sequence is not of the form"),
        arguments(struct("src.public.t.Envelope", "op", "c"), "no source block"));
  }

  /** Case 33: the records around a malformed one are decoded. */
  @Test
  void goodRecordsPassBesideBadOnes() {
    decoding.rejected(record("bad"));
    assertEquals(7, decoding.row(TABLE.create(1, 1, 7, "x")).after()[0]);
  }

  @Test
  void letterHoldsTheRecordAndThePlaceOfTheValue() {
    Schema zoned = DebeziumTypes.zonedTimestamp().optional().build();
    DebeziumTable table = TABLE.column("at", zoned);
    SinkRecord record =
        table.create(100, 120, 7, "x", "2026-01-01T00:00:00.0000001Z").at("renamed", 3, 11);
    DeadLetter letter = decoding.rejected(record);
    assertEquals(new RecordOffset(new SourcePartition("renamed", 3), 11), letter.recordOffset());
    assertEquals("{\"id\":7}", letter.key());
    assertTrue(
        letter.value().startsWith("{\"before\":null,\"after\":{\"id\":7,\"v\":\"x\",\"at\":"),
        letter.value());
    assertEquals("c", letter.operation());
    assertEquals("DecodeError", letter.errorClass());
    assertEquals(0, letter.retries());
    assertTrue(letter.createdAtMillis() > 0);
    assertTrue(
        letter.errorMessage().contains("Table public.t: Column at: "), letter.errorMessage());
  }

  @Test
  void placeIsTheOneBeforeTransformations() {
    SinkRecord record =
        TABLE
            .create(1, 1, 7, "x")
            .at("src.public.t", 3, 11)
            .newRecord("routed", 5, null, null, null, "bad", 0L);
    assertEquals(
        new RecordOffset(new SourcePartition("src.public.t", 3), 11),
        decoding.rejected(record).recordOffset());
  }

  @Test
  void deadLetterOfTheRouterIsPassedOn() {
    Schema schema =
        SchemaBuilder.struct()
            .name("io.lakehousecdc.DeadLetter")
            .field("topic", Schema.STRING_SCHEMA)
            .field("partition", Schema.OPTIONAL_INT32_SCHEMA)
            .field("offset", Schema.OPTIONAL_INT64_SCHEMA)
            .field("key", Schema.OPTIONAL_STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("op", Schema.OPTIONAL_STRING_SCHEMA)
            .field("error_class", Schema.STRING_SCHEMA)
            .field("error_message", Schema.STRING_SCHEMA)
            .field("created_at", Schema.INT64_SCHEMA)
            .field("retries", Schema.INT32_SCHEMA)
            .build();
    Struct letter =
        new Struct(schema)
            .put("topic", "src.public.t")
            .put("partition", 4)
            .put("value", "{}")
            .put("error_class", "E")
            .put("error_message", "why")
            .put("created_at", 5L)
            .put("retries", 2);
    assertEquals(
        new DeadLetter(
            new RecordOffset(new SourcePartition("src.public.t", 4), 9),
            null,
            "{}",
            null,
            "E",
            "why",
            5,
            2),
        decoding.rejected(record(letter)));
  }

  @Test
  void schemalessEnvelopeIsUntyped() {
    RowEvent row = decoding.row(TABLE.schemaless().update(100, 120, 7, "x"));
    assertEquals(new TableId("public", "t"), row.table());
    assertEquals(RowKey.of(7L), row.key());
    assertEquals(120, row.sourcePosition().lsn());
    assertEquals("x", Decoding.after(row, "v"));
    assertNull(row.before());
    assertSame(row.schema(), decoding.row(TABLE.schemaless().update(101, 121, 8, "y")).schema());
  }

  private static SinkRecord record(Object value) {
    return new SinkRecord(
        "src.public.t",
        2,
        null,
        null,
        value instanceof Struct struct ? struct.schema() : null,
        value,
        9,
        5L,
        TimestampType.CREATE_TIME);
  }

  private static Struct struct(String schemaName, String field, String value) {
    Schema schema =
        SchemaBuilder.struct().name(schemaName).field(field, Schema.STRING_SCHEMA).build();
    return new Struct(schema).put(field, value);
  }

  private static Struct copy(Struct struct) {
    Struct copy = new Struct(struct.schema());
    struct
        .schema()
        .fields()
        .forEach(field -> copy.put(field, struct.getWithoutDefault(field.name())));
    return copy;
  }

  private static Struct without(Struct envelope, String field) {
    Struct copy = new Struct(envelope.schema());
    envelope.schema().fields().stream()
        .filter(each -> !each.name().equals(field))
        .forEach(each -> copy.put(each, envelope.getWithoutDefault(each.name())));
    return copy;
  }

  private static Struct sequence(Struct envelope, String sequence) {
    Struct copy = copy(envelope);
    return copy.put("source", copy(copy.getStruct("source")).put("sequence", sequence));
  }

  @Test
  void nullOperationInSchemalessJsonIsRejected() {
    Map<String, Object> envelope = new HashMap<>();
    envelope.put("op", null);
    envelope.put("source", Map.of());
    envelope.put("after", Map.of());
    assertTrue(decoding.rejected(record(envelope)).errorMessage().contains("no operation"));
    assertEquals(List.of(), decoding.warnings());
  }
}
