// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.sink.decode.Decoding.columns;
import static io.lakehousecdc.sink.decode.Decoding.key;
import static io.lakehousecdc.testkit.DebeziumRecords.UNCHANGED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Tests of keys from the record key and from the row. */
class KeysTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .column("v", Schema.OPTIONAL_STRING_SCHEMA)
          .key("b", Schema.STRING_SCHEMA)
          .key("a", Schema.INT32_SCHEMA);

  @Test
  void recordKeyIsTheKeyInItsOwnOrder() {
    RowEvent row = Decoding.withDefaults().row(TABLE.create(1, 1, "x", "k", 7));
    assertEquals(RowKey.of("k", 7), row.key());
    assertEquals(List.of("b", "a"), key(row));
    assertEquals(List.of("v", "b", "a"), columns(row));
  }

  @Test
  void equalSchemasShareOneRowSchema() {
    Decoding decoding = Decoding.withDefaults();
    DebeziumTable again =
        DebeziumRecords.table("public", "t")
            .column("v", Schema.OPTIONAL_STRING_SCHEMA)
            .key("b", Schema.STRING_SCHEMA)
            .key("a", Schema.INT32_SCHEMA);
    assertSame(
        decoding.row(TABLE.create(1, 1, "x", "k", 7)).schema(),
        decoding.row(again.create(1, 1, "x", "k", 7)).schema());
  }

  @Test
  void tableWithoutAKeyHasNoKeyColumns() {
    DebeziumTable keyless = DebeziumRecords.table("public", "t").column("v", Schema.INT32_SCHEMA);
    RowEvent row = Decoding.withDefaults().row(keyless.create(1, 1, 7));
    assertFalse(row.schema().hasKey());
    assertEquals(RowKey.of(), row.key());
  }

  @Test
  void keyColumnThatTheRowLacksIsAdded() {
    SinkRecord record = TABLE.without("v").create(1, 1, "k", 7).at(0, 0);
    Schema wider =
        SchemaBuilder.struct()
            .field("shard", Schema.INT32_SCHEMA)
            .field("a", Schema.INT32_SCHEMA)
            .build();
    RowEvent row =
        Decoding.withDefaults()
            .row(withKey(record, wider, new Struct(wider).put("shard", 3).put("a", 7)));
    assertEquals(List.of("b", "a", "shard"), columns(row));
    assertEquals(3, after(row, "shard"));
    assertEquals(RowKey.of(3, 7), row.key());
  }

  @Test
  void schemalessKeyEqualsTypedRow() {
    SinkRecord record = TABLE.create(1, 1, "x", "k", 7).at(0, 0);
    RowEvent row = Decoding.withDefaults().row(withKey(record, null, Map.of("a", 7L)));
    assertEquals(RowKey.of(7), row.key());
    assertEquals(7, after(row, "a"));
  }

  @Test
  void schemalessKeyThatDoesNotFitTheRowIsRejected() {
    SinkRecord record = TABLE.create(1, 1, "x", "k", 7).at(0, 0);
    String message =
        Decoding.withDefaults().rejected(withKey(record, null, Map.of("a", 1.5))).errorMessage();
    assertTrue(message.contains("key.converter"), message);
  }

  @Test
  void plainKeyNeedsAName() {
    SinkRecord record = withKey(TABLE.create(1, 1, "x", "k", 7).at(0, 0), Schema.INT32_SCHEMA, 7);
    String message = Decoding.withDefaults().rejected(record).errorMessage();
    assertTrue(message.contains("key.columns=<table>:<column>"), message);
    RowEvent row = Decoding.withKeys("public.t:a").row(record);
    assertEquals(RowKey.of(7), row.key());
    assertEquals(List.of("a"), key(row));
  }

  @Test
  void overrideOutsideOfTheRecordKeyComesFromTheRow() {
    Decoding decoding = Decoding.withKeys("public.t:v,a");
    RowEvent row = decoding.row(TABLE.create(1, 1, "x", "k", 7));
    assertEquals(RowKey.of("x", 7), row.key());
    assertEquals(List.of("v", "a"), key(row));
    assertEquals(RowKey.of("x", 7), decoding.row(TABLE.delete(2, 2, "x", "k", 7)).key());
  }

  @Test
  void overrideWithinTheRecordKeyComesFromThere() {
    Decoding decoding = Decoding.withKeys("public.t:a");
    assertEquals(RowKey.of(7), decoding.row(TABLE.create(1, 1, "x", "k", 7)).key());
    assertEquals(RowKey.of(7), decoding.row(TABLE.delete(2, 2, "k", 7)).key());
    TombstoneEvent tombstone = decoding.tombstone(TABLE.tombstone("k", 7));
    assertEquals(RowKey.of(7), tombstone.key());
  }

  @Test
  void overrideNamesATableByItsTargetToo() {
    DecodeOptions options =
        new DecodeOptions(
            TableNaming.parse("dwh.${source.table}", ""),
            KeyOverrides.parse("dwh.t:a"),
            FieldFilter.ALL,
            DecodeOptions.DEFAULT_PLACEHOLDER,
            DecodeOptions.DEFAULT_FLATTENED_PREFIX);
    assertEquals(RowKey.of(7), new Decoding(options).row(TABLE.create(1, 1, "x", "k", 7)).key());
  }

  @Test
  void deleteWithoutTheOverriddenKeyIsRejected() {
    String message =
        Decoding.withKeys("public.t:v").rejected(TABLE.delete(2, 2, "k", 7)).errorMessage();
    assertTrue(message.contains("REPLICA IDENTITY FULL"), message);
    assertTrue(message.contains("Table public.t"), message);
  }

  @Test
  void overrideOfAnUntouchedColumnIsRejected() {
    String message =
        Decoding.withKeys("public.t:v")
            .rejected(TABLE.update(2, 2, UNCHANGED, "k", 7))
            .errorMessage();
    assertTrue(message.contains("column v"), message);
  }

  @Test
  void overrideThatTheRowLacksIsRejected() {
    String message =
        Decoding.withKeys("public.t:nope").rejected(TABLE.create(2, 2, "x", "k", 7)).errorMessage();
    assertTrue(message.contains("nope"), message);
    assertTrue(message.contains("[v, b, a]"), message);
  }

  @Test
  void updateThatMayHaveMovedTheOverriddenKeyIsWarnedOfOnce() {
    Decoding decoding = Decoding.withKeys("public.t:v");
    decoding.row(TABLE.update(2, 2, "x", "k", 7));
    decoding.row(TABLE.update(3, 3, "y", "k", 7));
    assertEquals(1, decoding.warnings().size());
    assertTrue(decoding.warnings().get(0).contains("old row"), decoding.warnings()::toString);
  }

  @Test
  void updateTellsTheKeyThatTheRowHadBefore() {
    Decoding decoding = Decoding.withKeys("public.t:v");
    RowEvent moved = decoding.row(TABLE.update(2, 2, "y", "k", 7).before("x", "k", 7));
    assertEquals(RowKey.of("y"), moved.key());
    assertEquals(RowKey.of("x"), moved.formerKey());
    assertNull(decoding.row(TABLE.update(3, 3, "y", "k", 8).before("y", "k", 7)).formerKey());
    assertEquals(List.of(), decoding.warnings());
  }

  @Test
  void recordKeyIsNeverFormer() {
    RowEvent row = Decoding.withDefaults().row(TABLE.update(2, 2, "y", "k", 7).before("x", "k", 8));
    assertNull(row.formerKey());
  }

  /** A table without a primary key under replica identity FULL, even without schemas. */
  @Test
  void overrideOfATableWithoutAKeyTakesDeletesFromTheOldRow() {
    DebeziumTable keyless =
        DebeziumRecords.table("public", "t")
            .column("a", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);
    Decoding decoding = Decoding.withKeys("public.t:a");
    assertEquals(RowKey.of(0), decoding.row(keyless.delete(1, 1, 0, null)).key());
    assertEquals(RowKey.of(0L), decoding.row(keyless.schemaless().delete(1, 1, 0, null)).key());
  }

  @Test
  void keyColumnsPassTheFieldFilter() {
    RowEvent row = Decoding.withFields("v", "").row(TABLE.create(1, 1, "x", "k", 7));
    assertEquals(List.of("v", "b", "a"), columns(row));
    assertEquals(
        List.of("b", "a"),
        columns(Decoding.withFields("", "public.t.v,a").row(TABLE.create(1, 1, "x", "k", 7))));
  }

  private static SinkRecord withKey(SinkRecord record, Schema schema, Object key) {
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        schema,
        key,
        record.valueSchema(),
        record.value(),
        record.timestamp());
  }
}
