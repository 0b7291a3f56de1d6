// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.testkit.DebeziumRecords.UNCHANGED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.Placeholders;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of out-of-line values that a change left untouched (cases 1 to 5). */
class UnchangedValuesTest {
  private static final String TEXT = "__debezium_unavailable_value";
  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);

  private enum Shape {
    ENVELOPE,
    FLAT,
    SCHEMALESS_ENVELOPE,
    SCHEMALESS_FLAT;

    DebeziumTable of(DebeziumTable table) {
      return switch (this) {
        case ENVELOPE -> table;
        case FLAT -> table.flattened();
        case SCHEMALESS_ENVELOPE -> table.schemaless();
        case SCHEMALESS_FLAT -> table.flattened().schemaless();
      };
    }
  }

  /** Case 3. */
  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyFormIsRecognisedInEveryShape(Shape shape) {
    DebeziumTable table = DebeziumRecords.table("public", "t").key("id", Schema.INT32_SCHEMA);
    List<Schema> types =
        List.of(
            Schema.OPTIONAL_STRING_SCHEMA,
            DebeziumTypes.json().optional().build(),
            DebeziumTypes.xml().optional().build(),
            Schema.OPTIONAL_BYTES_SCHEMA,
            array(SchemaBuilder.string()),
            array(DebeziumTypes.json()),
            array(DebeziumTypes.uuid()),
            array(SchemaBuilder.bytes()),
            array(SchemaBuilder.int32()),
            array(SchemaBuilder.int64()),
            array(DebeziumTypes.date()),
            SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                .optional()
                .build());
    Object[] values = new Object[types.size() + 1];
    values[0] = 1;
    for (int i = 0; i < types.size(); i++) {
      table = table.column("c" + i, types.get(i));
      values[i + 1] = UNCHANGED;
    }
    RowEvent row = Decoding.withDefaults().row(shape.of(table).update(100, 120, values));
    for (int i = 0; i < types.size(); i++) {
      assertSame(Cell.UNCHANGED, after(row, "c" + i), types.get(i) + " as " + shape);
    }
  }

  @ParameterizedTest
  @MethodSource
  void onlyThePlaceholderMatches(Object value, boolean matches) {
    assertEquals(matches, new Placeholders(TEXT).matches(value));
  }

  static Stream<Arguments> onlyThePlaceholderMatches() {
    List<Integer> almost = new ArrayList<>();
    for (byte each : BYTES) {
      almost.add((int) each);
    }
    almost.set(27, 0);
    return Stream.of(
        arguments("{\"" + TEXT + "\":\"" + TEXT + "\"}", true),
        arguments("X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==", true),
        arguments("5f5f646562657a69756d5f756e617661696c61626c655f76616c7565", true),
        arguments(ByteBuffer.wrap(BYTES), true),
        arguments(TEXT + " ", false),
        arguments("__debezium_unavailable_valuE", false),
        arguments("b68a35a7-17ad-35b3-af2a-ae46edb4545a", false),
        arguments(List.of("b68a35a7-17ad-35b3-af2a-ae46edb4545b"), false),
        arguments(List.of(), false),
        arguments(List.of(TEXT, TEXT), false),
        arguments(List.of(List.of(TEXT)), false),
        arguments(almost, false),
        arguments(Arrays.asList(new Object[28]), false),
        arguments(Arrays.copyOf(BYTES, 27), false),
        arguments(Map.of(TEXT, "x"), false),
        arguments(28, false));
  }

  @Test
  void placeholderIsTheConfiguredOne() {
    DecodeOptions defaults = DecodeOptions.defaults();
    Decoding decoding =
        new Decoding(
            new DecodeOptions(
                defaults.naming(),
                defaults.keys(),
                defaults.fields(),
                "?",
                defaults.flattenedPrefix()));
    DebeziumTable table = table(Schema.OPTIONAL_STRING_SCHEMA);
    assertSame(Cell.UNCHANGED, after(decoding.row(table.update(1, 1, 1, "?")), "c"));
    assertEquals(TEXT, after(decoding.row(table.update(1, 1, 1, TEXT)), "c"));
  }

  /** As recorded from 3.7.0 with {@code decimal.handling.mode=string}. */
  @Test
  void numericInTextHasThePlaceholder() {
    Schema numeric =
        SchemaBuilder.string()
            .optional()
            .parameter("__debezium.source.column.type", "NUMERIC")
            .build();
    RowEvent row = Decoding.withDefaults().row(table(numeric).update(1, 1, 1, TEXT));
    assertSame(Cell.UNCHANGED, after(row, "c"));
  }

  @Test
  void keyColumnMayLookLikeThePlaceholder() {
    DebeziumTable table = DebeziumRecords.table("public", "t").key("id", Schema.STRING_SCHEMA);
    RowEvent row = Decoding.withDefaults().row(table.create(1, 1, TEXT));
    assertEquals(TEXT, after(row, "id"));
    assertEquals(RowKey.of(TEXT), row.key());
  }

  /** Case 4. */
  @ParameterizedTest
  @MethodSource
  void nullWithoutPlaceholderIsWarnedOfOnce(Schema type, boolean warns) {
    Decoding decoding = Decoding.withDefaults();
    DebeziumTable table = table(type);
    decoding.row(table.create(1, 1, 1, null));
    assertEquals(List.of(), decoding.warnings());
    decoding.row(table.update(2, 2, 1, null));
    decoding.row(table.update(3, 3, 1, null));
    assertEquals(warns ? 1 : 0, decoding.warnings().size());
    if (warns) {
      String warning = decoding.warnings().get(0);
      assertTrue(warning.contains("Table public.t, column c:"), warning);
      assertTrue(warning.contains("REPLICA IDENTITY FULL"), warning);
    }
  }

  static Stream<Arguments> nullWithoutPlaceholderIsWarnedOfOnce() {
    return Stream.of(
        arguments(DebeziumTypes.variableScaleDecimal().optional().build(), true),
        arguments(array(SchemaBuilder.float64()), true),
        arguments(array(DebeziumTypes.zonedTimestamp()), true),
        arguments(
            SchemaBuilder.string()
                .optional()
                .parameter("__debezium.source.column.type", "BYTEA")
                .build(),
            true),
        arguments(
            SchemaBuilder.float64()
                .optional()
                .parameter("__debezium.source.column.type", "NUMERIC")
                .build(),
            true),
        arguments(
            SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA)
                .optional()
                .parameter("__debezium.source.column.type", "_BYTEA")
                .build(),
            true),
        arguments(array(SchemaBuilder.int16()), true),
        arguments(Schema.OPTIONAL_FLOAT64_SCHEMA, false),
        arguments(Schema.OPTIONAL_STRING_SCHEMA, false),
        arguments(DebeziumTypes.decimal(10, 2).optional().build(), false),
        arguments(array(SchemaBuilder.int32()), false),
        arguments(DebeziumTypes.bits(8).optional().build(), false));
  }

  /** Debezium loses every value of a streamed {@code name} column. */
  @Test
  void streamedNullOfANameIsWarnedOfOnce() {
    Decoding decoding = Decoding.withDefaults();
    DebeziumTable names =
        table(
            SchemaBuilder.string()
                .optional()
                .parameter("__debezium.source.column.type", "NAME")
                .build());
    decoding.row(names.snapshot(1, 1, null));
    decoding.row(names.create(2, 2, 1, "x"));
    assertEquals(List.of(), decoding.warnings());
    decoding.row(names.create(3, 3, 2, null));
    decoding.row(names.update(4, 4, 2, null));
    assertEquals(1, decoding.warnings().size());
    String warning = decoding.warnings().get(0);
    assertTrue(warning.contains("Table public.t, column c:"), warning);
    assertTrue(warning.contains("type name"), warning);
  }

  @Test
  void nullBesideAFullOldRowIsCertain() {
    Decoding decoding = Decoding.withDefaults();
    DebeziumTable table =
        table(DebeziumTypes.variableScaleDecimal().optional().build())
            .column("d", Schema.OPTIONAL_STRING_SCHEMA);
    decoding.row(table.update(2, 2, 1, null, "x").before(1, null, "w"));
    assertFalse(
        decoding.warnings().stream().anyMatch(text -> text.contains("REPLICA")),
        decoding.warnings()::toString);
  }

  private static DebeziumTable table(Schema type) {
    return DebeziumRecords.table("public", "t").key("id", Schema.INT32_SCHEMA).column("c", type);
  }

  private static Schema array(SchemaBuilder element) {
    return DebeziumTypes.array(element).optional().build();
  }
}
