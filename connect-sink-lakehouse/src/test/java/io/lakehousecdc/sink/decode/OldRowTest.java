// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.before;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import java.math.BigDecimal;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which old values count as real (case 16). */
class OldRowTest {
  private final Decoding decoding = Decoding.withDefaults();

  @ParameterizedTest
  @MethodSource
  void madeUpValueIsNotTakenForReal(Schema type, Object madeUp) {
    RowEvent delete = decoding.row(table(type).delete(1, 1, 7, madeUp));
    assertNull(delete.before());
    assertEquals(RowKey.of(7), delete.key());
  }

  static Stream<Arguments> madeUpValueIsNotTakenForReal() {
    return Stream.of(
        arguments(Schema.INT32_SCHEMA, 0),
        arguments(Schema.STRING_SCHEMA, ""),
        arguments(Schema.BOOLEAN_SCHEMA, false),
        arguments(Schema.FLOAT64_SCHEMA, 0d),
        arguments(DebeziumTypes.decimal(10, 2).build(), new BigDecimal("0.00")),
        arguments(DebeziumTypes.bits(8).build(), new byte[1]),
        arguments(DebeziumTypes.date().build(), 0),
        arguments(DebeziumTypes.uuid().build(), ""),
        arguments(DebeziumTypes.zonedTimestamp().build(), "1970-01-01T00:00:00Z"),
        arguments(SchemaBuilder.string().defaultValue("none").build(), "none"),
        arguments(SchemaBuilder.int32().optional().defaultValue(5).build(), 5),
        arguments(Schema.OPTIONAL_STRING_SCHEMA, null));
  }

  @ParameterizedTest
  @MethodSource
  void valueThatNobodyMakesUpProvesAFullRow(Schema type, Object value) {
    RowEvent delete = decoding.row(table(type).delete(1, 1, 7, value));
    assertArrayEquals(new Object[] {7, value}, delete.before());
  }

  static Stream<Arguments> valueThatNobodyMakesUpProvesAFullRow() {
    return Stream.of(
        arguments(Schema.INT32_SCHEMA, 1),
        arguments(Schema.OPTIONAL_INT32_SCHEMA, 0),
        arguments(Schema.STRING_SCHEMA, "x"),
        arguments(Schema.OPTIONAL_STRING_SCHEMA, ""),
        arguments(DebeziumTypes.uuid().build(), "b68a35a7-17ad-35b3-af2a-ae46edb4545b"),
        arguments(SchemaBuilder.string().defaultValue("none").build(), "some"),
        arguments(SchemaBuilder.int32().optional().defaultValue(5).build(), 6));
  }

  /**
   * REPLICA IDENTITY USING INDEX of another column: that column is real, the key is made up. The
   * row of this key is none of the source's.
   */
  @ParameterizedTest
  @MethodSource
  void deleteWithAMadeUpKeyProvesNoRow(Schema keyType, Object key) {
    DebeziumTable table =
        DebeziumRecords.table("public", "t")
            .key("id", keyType)
            .column("email", Schema.STRING_SCHEMA)
            .column("name", Schema.OPTIONAL_STRING_SCHEMA);
    assertNull(decoding.row(table.delete(1, 1, key, "a@b.c", null)).before());
    assertNull(decoding.row(table.flattened().delete(2, 2, key, "a@b.c", null)).before());
  }

  static Stream<Arguments> deleteWithAMadeUpKeyProvesNoRow() {
    return Stream.of(
        arguments(Schema.INT32_SCHEMA, 0),
        arguments(Schema.STRING_SCHEMA, ""),
        arguments(Schema.OPTIONAL_STRING_SCHEMA, null),
        arguments(SchemaBuilder.int64().defaultValue(1L).build(), 1L));
  }

  @Test
  void updateKeepsAFullOldRow() {
    RowEvent update =
        decoding.row(table(Schema.OPTIONAL_STRING_SCHEMA).update(1, 1, 7, "new").before(7, "old"));
    assertEquals("old", before(update, "c"));
  }

  @Test
  void oldRowWithoutARecordKeyIsAlwaysFull() {
    DebeziumTable keyless = DebeziumRecords.table("public", "t").column("a", Schema.INT32_SCHEMA);
    RowEvent delete = decoding.row(keyless.delete(1, 1, 0));
    assertArrayEquals(new Object[] {0}, delete.before());
    assertEquals(RowKey.of(), delete.key());
    assertArrayEquals(
        new Object[] {0L}, decoding.row(keyless.schemaless().delete(1, 1, 0)).before());
  }

  @Test
  void deleteOfNothingIsRejected() {
    DebeziumTable keyless = DebeziumRecords.table("public", "t").column("a", Schema.INT32_SCHEMA);
    var record = keyless.truncate(1, 1).at(0, 3);
    ((org.apache.kafka.connect.data.Struct) record.value()).put("op", "d");
    String message = decoding.rejected(record).errorMessage();
    assertTrue(message.contains("REPLICA IDENTITY FULL"), message);
  }

  @Test
  void schemalessOldRowProvesNothing() {
    DebeziumTable table = table(Schema.OPTIONAL_STRING_SCHEMA).schemaless();
    assertNull(decoding.row(table.delete(1, 1, 7, "x")).before());
  }

  private static DebeziumTable table(Schema type) {
    return DebeziumRecords.table("public", "t").key("id", Schema.INT32_SCHEMA).column("c", type);
  }
}
