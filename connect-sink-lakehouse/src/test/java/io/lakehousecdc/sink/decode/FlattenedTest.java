// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.sink.decode.Decoding.columns;
import static io.lakehousecdc.sink.decode.Decoding.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of records that the real {@code ExtractNewRecordState} has flattened. */
class FlattenedTest {
  private static final long MS_2026 = 1_767_225_600_000L;

  /** Without further metadata the topic tells the source. */
  private static final SourceId BY_TOPIC = new SourceId("src", "", "");

  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("id", Schema.INT32_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);

  private final Decoding decoding = Decoding.withDefaults();

  @Test
  void metadataGiveOperationAndPositionAndAreNoColumns() {
    RowEvent row = decoding.row(TABLE.flattened().create(100, 120, 7, "x"));
    assertEquals(new TableId("public", "t"), row.table());
    assertEquals(Operation.CREATE, row.operation());
    assertEquals(
        new SourcePosition(BY_TOPIC, 100, 120, Snapshot.NO, (MS_2026 + 100) * 1_000),
        row.sourcePosition());
    assertEquals(List.of("id", "v"), columns(row));
    assertEquals(Arrays.asList(7, "x"), Arrays.asList(row.after()));
    assertEquals(RowKey.of(7), row.key());
  }

  @Test
  void snapshotsAreTold() {
    DebeziumTable flat = TABLE.flattened();
    assertEquals(
        Snapshot.INITIAL, decoding.row(flat.snapshot(100, 7, "x")).sourcePosition().snapshot());
    assertEquals(
        Snapshot.INITIAL_LAST,
        decoding
            .row(flat.snapshot(100, 7, "x").snapshotMarker("last"))
            .sourcePosition()
            .snapshot());
    assertEquals(
        Snapshot.INCREMENTAL,
        decoding.row(flat.incrementalSnapshot(100, 120, 7, "x")).sourcePosition().snapshot());
    assertEquals(
        Snapshot.BLOCKING,
        decoding.row(flat.blockingSnapshot(100, 120, 7, "x")).sourcePosition().snapshot());
  }

  @Test
  void rewrittenDeleteIsADelete() {
    RowEvent row = decoding.row(TABLE.flattened().delete(100, 120, 7));
    assertEquals(Operation.DELETE, row.operation());
    assertEquals(120, row.sourcePosition().lsn());
    assertNull(row.after());
    assertNull(row.before());
    assertEquals("x", Decoding.before(decoding.row(TABLE.flattened().delete(1, 1, 7, "x")), "v"));
  }

  @Test
  void rowWithoutMetadataIsAnUpdateInArrivalOrder() {
    RowEvent row = decoding.row(TABLE.flattened(Map.of()).create(100, 120, 7, "x"));
    assertEquals(Operation.UPDATE, row.operation());
    assertEquals(
        new SourcePosition(
            BY_TOPIC, SourcePosition.UNSEQUENCED, SourcePosition.NONE, Snapshot.NO, 0),
        row.sourcePosition());
  }

  /** An event that is emitted again has a new time of emission, but the same commit time. */
  @Test
  void timeOfEmissionIsNoCommitTime() {
    RowEvent row =
        decoding.row(TABLE.flattened(Map.of("add.fields", "ts_ms,lsn")).create(100, 120, 7, "x"));
    assertEquals(
        new SourcePosition(BY_TOPIC, SourcePosition.UNSEQUENCED, 120, Snapshot.NO, 0),
        row.sourcePosition());
    assertEquals(List.of("id", "v"), columns(row));
  }

  @Test
  void metadataNameTheTableWhereTheTopicDoesNot() {
    DebeziumTable flat = TABLE.flattened(Map.of("add.fields", "source.schema,table,db"));
    RowEvent row = decoding.row(flat.create(1, 1, 7, "x").at("all-tables", 0, 0));
    assertEquals(new TableId("public", "t"), row.table());
    assertEquals(List.of("id", "v"), columns(row));
  }

  @Test
  void topicNamesTheTableOtherwise() {
    DebeziumTable flat = TABLE.flattened(Map.of());
    assertEquals(
        new TableId("", "orders"),
        decoding.row(flat.create(1, 1, 7, "x").at("orders", 0, 0)).table());
    assertEquals(
        new TableId("sales", "orders"),
        decoding.row(flat.create(1, 1, 7, "x").at("a.b.sales.orders", 0, 0)).table());
  }

  /** The default of ExtractNewRecordState: a delete is a null value. */
  @Test
  void nullValueIsATombstone() {
    DebeziumTable flat = TABLE.flattened(Map.of("add.fields", "op,lsn"));
    RowEvent row = decoding.row(flat.create(1, 1, 7, "x"));
    TombstoneEvent tombstone = decoding.tombstone(flat.delete(2, 2, 7));
    assertEquals(RowKey.of(7), tombstone.key());
    assertEquals(row.schema(), tombstone.schema());
  }

  /** Case 40: headers come back from text as numbers and lists, or as the text that they are. */
  @ParameterizedTest
  @NullSource
  @ValueSource(classes = {SimpleHeaderConverter.class, StringConverter.class})
  void headersGiveADeleteItsPosition(Class<? extends HeaderConverter> converter) throws Exception {
    HeaderConverter reader =
        converter == null ? null : converter.getDeclaredConstructor().newInstance();
    DebeziumTable flat =
        TABLE.flattened(Map.of("add.headers", "op,source.sequence,source.lsn,source.ts_ms"));
    SinkRecord delete = flat.delete(100, 120, 7).at(0, 0);
    assertNull(delete.value());
    RowEvent row = decoding.row(throughText(delete, reader));
    assertEquals(Operation.DELETE, row.operation());
    assertEquals(RowKey.of(7), row.key());
    assertEquals(
        new SourcePosition(BY_TOPIC, 100, 120, Snapshot.NO, (MS_2026 + 100) * 1_000),
        row.sourcePosition());
    SinkRecord snapshot = flat.snapshot(90, 7, "x").at(0, 1);
    assertEquals(
        SourcePosition.NONE,
        decoding.row(throughText(snapshot, reader)).sourcePosition().commitLsn());
  }

  @Test
  void schemalessRowsAreUntyped() {
    RowEvent row = decoding.row(TABLE.flattened().schemaless().create(100, 120, 7, "x"));
    assertEquals(Primitive.UNTYPED, type(row, "id"));
    assertEquals(7L, after(row, "id"));
    assertEquals(RowKey.of(7L), row.key());
    assertEquals(120, row.sourcePosition().lsn());
    assertEquals(2, row.schema().size());
    RowEvent delete = decoding.row(TABLE.flattened().schemaless().delete(101, 121, 7));
    assertEquals(Operation.DELETE, delete.operation());
    assertNull(delete.before());
  }

  /** Case 33. */
  @Test
  void unknownOperationIsRejected() {
    SinkRecord record = TABLE.flattened().create(1, 1, 7, "x").at(0, 0);
    ((org.apache.kafka.connect.data.Struct) record.value()).put("__op", "z");
    assertTrue(decoding.rejected(record).errorMessage().contains("(__op) is not known"));
  }

  /** Case 19. */
  @Test
  void valueThatMayBeAReplacedNullIsWarnedOf() {
    Schema withDefault = SchemaBuilder.int32().optional().defaultValue(5).build();
    DebeziumTable flat = TABLE.column("n", withDefault).flattened();
    decoding.row(flat.create(1, 1, 7, "x", 6));
    assertEquals(List.of(), decoding.warnings());
    decoding.row(flat.create(2, 2, 8, "x", 5));
    decoding.row(flat.create(3, 3, 9, "x", 5));
    assertEquals(1, decoding.warnings().size());
    assertTrue(
        decoding.warnings().get(0).contains("replace.null.with.default=false"),
        decoding.warnings()::toString);
    Decoding other = Decoding.withDefaults();
    assertInstanceOf(RowEvent.class, other.row(flat.create(1, 1, 7, "x", null)));
    other.row(flat.create(2, 2, 8, "x", 5));
    assertEquals(List.of(), other.warnings());
  }

  /** A record whose headers were written as the source does by default; as it is for null. */
  private static SinkRecord throughText(SinkRecord record, HeaderConverter reader)
      throws IOException {
    if (reader == null) {
      return record;
    }
    ConnectHeaders headers = new ConnectHeaders();
    try (SimpleHeaderConverter converter = new SimpleHeaderConverter()) {
      record
          .headers()
          .forEach(
              header ->
                  headers.add(
                      header.key(),
                      reader.toConnectHeader(
                          record.topic(),
                          header.key(),
                          converter.fromConnectHeader(
                              record.topic(), header.key(), header.schema(), header.value()))));
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
