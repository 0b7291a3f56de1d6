// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.debezium.data.Bits;
import io.debezium.data.EnumSet;
import io.debezium.data.Json;
import io.debezium.data.TsVector;
import io.debezium.data.Uuid;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.Xml;
import io.debezium.data.geometry.Circle;
import io.debezium.data.geometry.Geography;
import io.debezium.data.geometry.Geometry;
import io.debezium.data.geometry.Line;
import io.debezium.data.geometry.Point;
import io.debezium.data.vector.DoubleVector;
import io.debezium.data.vector.FloatVector;
import io.debezium.data.vector.SparseDoubleVector;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.decode.type.ColumnType;
import io.lakehousecdc.sink.decode.type.DecodeException;
import io.lakehousecdc.sink.decode.type.TypeTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of types other than dates and times (case 29). */
class TypeTableTest {
  private static final BigDecimal WIDE = new BigDecimal("12345678901234567890123456789012345678");

  @ParameterizedTest
  @MethodSource
  void valueBecomesCanonical(Schema schema, LogicalType type, Object value, Object canonical) {
    ColumnType columnType = TypeTable.of(schema);
    assertEquals(type, columnType.type());
    assertEquals(canonical, columnType.conversion().canonical(value));
  }

  static Stream<Arguments> valueBecomesCanonical() {
    return Stream.of(
        arguments(Schema.BOOLEAN_SCHEMA, Primitive.BOOLEAN, true, true),
        arguments(Schema.INT8_SCHEMA, Primitive.INT16, Byte.MIN_VALUE, (short) -128),
        arguments(Schema.INT16_SCHEMA, Primitive.INT16, Short.MIN_VALUE, Short.MIN_VALUE),
        arguments(Schema.INT32_SCHEMA, Primitive.INT32, Integer.MAX_VALUE, Integer.MAX_VALUE),
        arguments(Schema.INT64_SCHEMA, Primitive.INT64, Long.MIN_VALUE, Long.MIN_VALUE),
        arguments(Schema.FLOAT32_SCHEMA, Primitive.FLOAT32, Float.NaN, Float.NaN),
        arguments(Schema.FLOAT64_SCHEMA, Primitive.FLOAT64, -1 / 0d, Double.NEGATIVE_INFINITY),
        arguments(Schema.STRING_SCHEMA, Primitive.TEXT, "ab   ", "ab   "),
        arguments(decimal(38, 0), new LogicalType.Decimal(38, 0), WIDE, WIDE),
        arguments(decimal(2, 4), new LogicalType.Decimal(2, 4), dec("0.0012"), dec("0.0012")),
        arguments(decimal(3, -2), new LogicalType.Decimal(3, -2), dec("1E2"), dec("1E2")),
        arguments(Decimal.schema(2), Primitive.NUMERIC, dec("-12.50"), dec("-12.50")),
        arguments(
            VariableScaleDecimal.schema(),
            Primitive.NUMERIC,
            new Struct(VariableScaleDecimal.schema())
                .put("scale", 9)
                .put("value", ByteBuffer.wrap(BigInteger.valueOf(-1).toByteArray())),
            dec("-0.000000001")),
        arguments(Json.schema(), Primitive.JSON, "null", "null"),
        arguments(Uuid.schema(), Primitive.UUID, "b68a", "b68a"),
        arguments(Xml.schema(), Primitive.XML, "<a/>", "<a/>"),
        arguments(io.debezium.data.Enum.schema("a,b"), Primitive.TEXT, "b", "b"),
        arguments(EnumSet.schema("a,b"), Primitive.TEXT, "a,b", "a,b"),
        arguments(TsVector.builder().build(), new Named("tsvector"), "'a':1", "'a':1"),
        arguments(text("io.debezium.data.Ltree"), new Named("ltree"), "a.b", "a.b"),
        arguments(text("com.example.Unknown"), Primitive.TEXT, "x", "x"),
        arguments(
            SchemaBuilder.int64().name("io.debezium.time.Date").build(), Primitive.INT64, 7L, 7L),
        arguments(Bits.schema(8), new LogicalType.Bits(8), bytes("a1"), "10100001"),
        arguments(Bits.schema(8), new LogicalType.Bits(8), bytes(""), "00000000"),
        arguments(Bits.schema(12), new LogicalType.Bits(12), bytes("0f08"), "100000001111"),
        arguments(
            Bits.schema(Integer.MAX_VALUE),
            new LogicalType.Bits(Integer.MAX_VALUE),
            bytes("05"),
            "101"),
        arguments(
            SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).build(),
            new LogicalType.Array(Primitive.INT32),
            Arrays.asList(1, null),
            Arrays.asList(1, null)),
        arguments(
            SchemaBuilder.array(SchemaBuilder.array(Bits.schema(2)).build()).build(),
            new LogicalType.Array(new LogicalType.Array(new LogicalType.Bits(2))),
            List.of(List.of(bytes("02"))),
            List.of(List.of("10"))),
        arguments(
            SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA).build(),
            new LogicalType.MapOf(Primitive.TEXT),
            Map.of("k", "v"),
            Map.of("k", "v")),
        arguments(
            SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.STRING_SCHEMA).build(),
            Primitive.JSON,
            Map.of(1, "v"),
            "{\"1\":\"v\"}"),
        arguments(
            DoubleVector.schema(),
            new LogicalType.Array(Primitive.FLOAT64),
            List.of(1.5, -2d),
            List.of(1.5, -2d)),
        arguments(
            FloatVector.schema(),
            new LogicalType.Array(Primitive.FLOAT32),
            List.of(1.5f),
            List.of(1.5f)),
        arguments(
            SparseDoubleVector.schema(),
            new Named("sparsevec"),
            SparseDoubleVector.fromLogical(SparseDoubleVector.schema(), "{3:2.5,1:1}/5"),
            "{1:1.0,3:2.5}/5"),
        arguments(
            Point.builder().build(),
            new Named("point"),
            Point.createValue(Point.builder().build(), 1.5, -2),
            "(1.5,-2.0)"),
        arguments(
            Circle.schema(),
            new Named("circle"),
            Circle.createValue(Circle.schema(), 1, 2, 3),
            "<(1.0,2.0),3.0>"),
        arguments(
            Line.schema(),
            new Named("line"),
            Line.createValue(Line.schema(), 1, 2, 3),
            "{1.0,2.0,3.0}"));
  }

  @Test
  void bytesComeFromArraysAndBuffers() {
    assertArrayEquals(bytes("00ff"), (byte[]) canonical(Schema.BYTES_SCHEMA, bytes("00ff")));
    ByteBuffer part = ByteBuffer.wrap(bytes("aa00ffbb"), 1, 2);
    assertArrayEquals(bytes("00ff"), (byte[]) canonical(Schema.BYTES_SCHEMA, part));
    assertEquals(2, part.remaining());
  }

  /** POINT(1 2), in well-known binary of both byte orders. */
  @Test
  void geometryKeepsItsSrid() {
    String little = "0101000000000000000000f03f0000000000000040";
    assertArrayEquals(bytes(little), wkb(Geometry.schema(), little, null));
    assertArrayEquals(
        bytes("0101000020e6100000000000000000f03f0000000000000040"),
        wkb(Geometry.schema(), little, 4326));
    assertArrayEquals(
        bytes("0020000001000010e63ff00000000000004000000000000000"),
        wkb(Geography.schema(), "00000000013ff00000000000004000000000000000", 4326));
  }

  @Test
  void unknownStructBecomesJson() {
    Schema schema =
        SchemaBuilder.struct()
            .field("a", Schema.OPTIONAL_STRING_SCHEMA)
            .field("b", Schema.BYTES_SCHEMA)
            .field("c", SchemaBuilder.array(Schema.FLOAT64_SCHEMA).build())
            .build();
    Struct struct =
        new Struct(schema)
            .put("a", "\"\n\u0001")
            .put("b", bytes("00ff"))
            .put("c", List.of(1.5, Double.NaN));
    assertEquals(Primitive.JSON, TypeTable.of(schema).type());
    assertEquals(
        "{\"a\":\"\\\"\\n\\u0001\",\"b\":\"AP8=\",\"c\":[1.5,\"NaN\"]}", canonical(schema, struct));
  }

  @ParameterizedTest
  @MethodSource
  void propagatedSourceTypeIsUsed(Schema schema, LogicalType type, Object value, Object canonical) {
    valueBecomesCanonical(schema, type, value, canonical);
  }

  static Stream<Arguments> propagatedSourceTypeIsUsed() {
    return Stream.of(
        arguments(source(SchemaBuilder.string(), "INET", 0, 0), new Named("inet"), "::1", "::1"),
        arguments(
            source(SchemaBuilder.string(), "TSTZRANGE", 0, 0),
            new Named("tstzrange"),
            "empty",
            "empty"),
        arguments(source(SchemaBuilder.string(), "CITEXT", 0, 0), Primitive.TEXT, "A", "A"),
        arguments(source(Json.builder(), "JSON", 0, 0), new Named("json"), "{}", "{}"),
        arguments(source(Json.builder(), "JSONB", 0, 0), Primitive.JSON, "{}", "{}"),
        arguments(source(Json.builder(), "HSTORE", 0, 0), Primitive.JSON, "{}", "{}"),
        arguments(
            source(SchemaBuilder.bytes(), "PG_LSN", 0, 0),
            new Named("pg_lsn"),
            bytes("302f31"),
            "0/1"),
        arguments(source(SchemaBuilder.bytes(), "PAIR", 0, 0), Primitive.TEXT, bytes("2829"), "()"),
        arguments(
            source(SchemaBuilder.array(Json.schema()), "_JSON", 0, 0),
            new LogicalType.Array(new Named("json")),
            List.of("{}"),
            List.of("{}")),
        arguments(
            source(SchemaBuilder.string(), "NUMERIC", 10, 2),
            new LogicalType.Decimal(10, 2),
            "1.5",
            dec("1.50")),
        arguments(
            source(SchemaBuilder.string(), "NUMERIC", 131089, 0),
            Primitive.NUMERIC,
            "1.50",
            dec("1.50")),
        arguments(
            source(Bits.builder(16), "VARBIT", 16, 0),
            new LogicalType.Bits(Integer.MAX_VALUE),
            bytes("01"),
            "1"));
  }

  @ParameterizedTest
  @MethodSource
  void valueThatWouldChangeIsRejected(Schema schema, Object value) {
    assertThrows(DecodeException.class, () -> canonical(schema, value));
  }

  static Stream<Arguments> valueThatWouldChangeIsRejected() {
    Schema numeric = source(SchemaBuilder.string(), "NUMERIC", 10, 2);
    return Stream.of(
        arguments(numeric, "1.555"),
        arguments(
            SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).build(),
            List.of("[Ljava.lang.String;@7f56429b")),
        arguments(source(SchemaBuilder.bytes(), "PAIR", 0, 0), bytes("ff")),
        arguments(numeric, "NAN"),
        arguments(numeric, "POSITIVE_INFINITY"),
        arguments(Bits.schema(3), bytes("08")));
  }

  private static Object canonical(Schema schema, Object value) {
    return TypeTable.of(schema).conversion().canonical(value);
  }

  private static byte[] wkb(Schema schema, String hex, Integer srid) {
    return (byte[]) canonical(schema, Geometry.createValue(schema, bytes(hex), srid));
  }

  private static Schema source(SchemaBuilder schema, String type, int length, int scale) {
    return schema
        .parameter("__debezium.source.column.type", type)
        .parameter("__debezium.source.column.length", "" + length)
        .parameter("__debezium.source.column.scale", "" + scale)
        .build();
  }

  private static Schema text(String semantic) {
    return SchemaBuilder.string().name(semantic).build();
  }

  private static Schema decimal(int precision, int scale) {
    return Decimal.builder(scale).parameter("connect.decimal.precision", "" + precision).build();
  }

  private static BigDecimal dec(String text) {
    return new BigDecimal(text);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
