// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Values in columns of existing tables: exact, or refused with table, key and column. */
class PostgresTypesIT extends PostgresFixture {
  private final List<DynamicTest> tests = new ArrayList<>();
  private PartitionOwner owner;
  private int tables;

  @TestFactory
  Stream<DynamicTest> valuesInExistingColumns() {
    database.execute(
        "create extension citext; create extension hstore;"
            + " create schema \"Odd\"; create type \"Odd\".\"Mood\" as enum ('sad', 'so so');"
            + " create domain positive as int check (value > 0);"
            + " create domain code as varchar(3) not null default 'x'");
    owner = owner();
    LogicalType text = Primitive.TEXT;
    LogicalType numeric = Primitive.NUMERIC;

    keeps("varchar(3)", text, "äöü", "äöü");
    refuses("varchar(3)", text, "abcd", "3 characters");
    refuses("varchar(3)", text, "abc ", "3 characters");
    keeps("char(5)", text, "ab", "ab   ");
    refuses("char(5)", text, "abcdef", "5 characters");
    refuses("text", text, "a\0b", "U+0000");
    refuses("text", text, "a\ud83d", "surrogate");
    keeps("citext", text, "AbC", "AbC");
    keeps("code", text, "abc", "abc");
    refuses("code", text, "abcd", "3 characters");
    keeps("positive", Primitive.INT32, 5, "5");
    refusesInSql("positive", Primitive.INT32, -5);
    keeps("\"Odd\".\"Mood\"", text, "so so", "so so");
    refusesInSql("\"Odd\".\"Mood\"", text, "glad");
    keeps("\"Odd\".\"Mood\"[]", new Array(text), List.of("sad", "so so"), "{sad,\"so so\"}");

    keeps("numeric(6,2)", text, "1234.5", "1234.50");
    keeps("numeric(6,2)", new Decimal(4, 2), new BigDecimal("12.34"), "12.34");
    refuses("numeric(6,2)", text, "1.234", "numeric(6,2)");
    refuses("numeric(6,2)", text, "12345.00", "numeric(6,2)");
    keeps("numeric(6,2)", text, "NAN", "NaN");
    refuses("numeric(6,2)", text, "POSITIVE_INFINITY", "infinity");
    keeps("numeric", text, "NEGATIVE_INFINITY", "-Infinity");
    keeps("numeric", text, "1e-20", "0.00000000000000000001");
    keeps("numeric", numeric, new BigDecimal("1E+30"), "1" + "0".repeat(30));
    keeps("numeric", numeric, new BigDecimal("10000.0001"), "10000.0001");
    keeps("numeric", numeric, new BigDecimal("0.00010000"), "0.00010000");
    keeps("numeric", numeric, new BigDecimal("-90000000000000000000.5"), "-90000000000000000000.5");
    refuses("numeric", text, "twelve", "no number");
    keeps("numeric", Primitive.INT64, Long.MIN_VALUE, Long.toString(Long.MIN_VALUE));
    keeps("numeric", Primitive.FLOAT64, 0.1, "0.1");
    keeps("bigint", new Decimal(18, 0), new BigDecimal("123"), "123");
    refuses("bigint", new Decimal(18, 2), new BigDecimal("1.50"), "does not fit");
    keeps("money", new Decimal(10, 2), new BigDecimal("1234.56"), "$1,234.56");
    refuses("money", new Decimal(10, 3), new BigDecimal("1234.567"), "does not fit");

    keeps("date", Primitive.DATE, Integer.MAX_VALUE, "infinity");
    keeps("date", Primitive.DATE, -719_529, "0002-12-31 BC");
    refuses("date", Primitive.DATE, Integer.MAX_VALUE - 1, "out of range");
    keeps("timestamp", Primitive.DATE, 1, "1970-01-02 00:00:00");
    keeps("timestamp(3)", Primitive.TIMESTAMP, 1_001_000L, "1970-01-01 00:00:01.001");
    refuses("timestamp(3)", Primitive.TIMESTAMP, 1_001_001L, "fraction digits");
    refuses("timestamp", Primitive.TIMESTAMP, Long.MIN_VALUE + 1, "out of range");
    keeps("timestamptz", Primitive.TIMESTAMPTZ, Long.MIN_VALUE, "-infinity");
    keeps("timestamptz", text, "2020-01-01T00:00:00Z", "2020-01-01 00:00:00+00");
    keeps("time(0)", Primitive.TIME, 86_400_000_000L, "24:00:00");
    refuses("time(0)", Primitive.TIME, 1L, "fraction digits");
    refuses("time", Primitive.TIME, 86_400_000_001L, "no time of day");
    keeps("interval", Primitive.INTERVAL, "P1M", "1 mon");
    keeps("timetz", Primitive.TIMETZ, "12:00:00Z", "12:00:00+00");
    keeps("timetz(2)", Primitive.TIMETZ, "12:00:00.250Z", "12:00:00.25+00");
    refuses("timetz(1)", Primitive.TIMETZ, "12:00:00.25Z", "fraction digits");
    keeps("interval(1)", Primitive.INTERVAL, "PT1.5S", "00:00:01.5");
    keeps("interval day to second", Primitive.INTERVAL, "PT1.000001S", "00:00:01.000001");
    refuses("interval(0)", Primitive.INTERVAL, "PT1.5S", "fraction digits");
    refuses("timestamp(0)", text, "2020-01-01 00:00:00.5", "fraction digits");
    keeps("name", text, "é".repeat(31), "é".repeat(31));
    refuses("name", text, "é".repeat(32), "63 bytes");

    keeps("bit(4)", new Bits(4), "0101", "0101");
    refusesInSql("bit(4)", new Bits(4), "01011");
    keeps("bit(1)", Primitive.BOOLEAN, true, "1");
    keeps("varbit", new Bits(Integer.MAX_VALUE), "010", "010");
    keeps(
        "uuid",
        text,
        "0C1A2B3C-dead-4bee-8000-0123456789ab",
        "0c1a2b3c-dead-4bee-8000-0123456789ab");
    refuses("uuid", Primitive.UUID, "0c1a2b3c", "no UUID");
    keeps("jsonb", Primitive.JSON, "{\"b\":1, \"a\":2}", "{\"a\": 2, \"b\": 1}");
    keeps("json", Primitive.JSON, "{\"b\":1, \"b\":2}", "{\"b\":1, \"b\":2}");
    refuses("jsonb", Primitive.JSON, "{", "invalid input syntax");
    refuses("jsonb", Primitive.JSON, "\"\\u0000\"", "to json");
    refuses("jsonb", Primitive.JSON, "{\"b\":1, \"b\":2}", "to json");
    refuses("jsonb[]", new Array(Primitive.JSON), List.of("{\"b\":1, \"b\":2}"), "to json");
    keeps("json", Primitive.JSON, "\"\\u0000\"", "\"\\u0000\"");
    keeps("json", new Named("json"), "{\"b\":1, \"b\":2}", "{\"b\":1, \"b\":2}");
    keeps("json[]", new Array(new Named("json")), List.of("1.0"), "{1.0}");
    keeps("jsonb", new Named("json"), "{\"b\":1, \"a\":2}", "{\"a\": 2, \"b\": 1}");
    refuses("jsonb", Primitive.UNTYPED, Map.of("a", "\0"), "to json");
    keeps("hstore", new MapOf(text), Map.of("a\"", "x=>y"), "\"a\\\"\"=>\"x=>y\"");
    keeps("inet", new Named("inet"), "10.0.0.1", "10.0.0.1");
    keeps("inet", text, "10.0.0.1", "10.0.0.1");
    refusesInSql("inet", new Named("inet"), "10.0.0.300");
    keeps("point", new Named("point"), "(1,2)", "(1,2)");
    keeps("int4range", new Named("int4range"), "[1,5)", "[1,5)");
    keeps("oid", Primitive.INT64, 4_000_000_000L, "4000000000");
    keeps("tsvector", new Named("tsvector"), "'a' 'b'", "'a' 'b'");
    keeps("varchar(2)[]", new Array(text), List.of("ab", "c"), "{ab,c}");
    keeps("inet[]", new Array(new Named("inet")), List.of("10.0.0.1"), "{10.0.0.1}");
    keeps(
        "int[]",
        new Array(new Array(Primitive.INT32)),
        List.of(List.of(1, 2), List.of(3, 4)),
        "{{1,2},{3,4}}");
    keeps("bigint[]", new Array(Primitive.INT32), List.of(1, 2), "{1,2}");
    refuses(
        "int[]",
        new Array(new Array(Primitive.INT32)),
        List.of(List.of(1), List.of(3, 4)),
        "different lengths");
    keeps("text", numeric, new BigDecimal("1E+3"), "1000");
    keeps("text", Primitive.TIMESTAMPTZ, 0L, "1970-01-01 00:00+00");
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> valuesWithoutSchemaFollowTheColumn() {
    database.execute("create extension hstore");
    owner = owner();
    LogicalType untyped = Primitive.UNTYPED;
    keeps("int", untyped, 5L, "5");
    refuses("int", untyped, 1L << 40, "out of the range");
    keeps("numeric(6,2)", untyped, "AfQ=", "5.00");
    keeps("numeric(6,2)", untyped, "12.50", "12.50");
    keeps("numeric(6,2)", untyped, 12.5, "12.50");
    refuses("numeric(6,0)", untyped, "1234", "Base64");
    refuses("numeric(6,0)", untyped, "12E1", "Base64");
    keeps("numeric(9,2)", untyped, "12E1", "-26620.91");
    keeps("numeric(9,2)", untyped, "+123", "-3036.89");
    keeps("numeric", untyped, Map.of("scale", 1L, "value", "AfQ="), "50.0");
    keeps("bytea", untyped, "AQI=", "\\x0102");
    refuses("bytea", untyped, "?", "Base64");
    keeps("bit(4)", untyped, "BQ==", "0101");
    keeps("bit(4)", untyped, "0101", "0101");
    keeps("bit(24)", untyped, "0101", "001101010101110111010011");
    keeps("bit(10)", untyped, "AQI=", "1000000001");
    keeps("bit(10)", untyped, "", "0000000000");
    keeps("bit(1)", untyped, true, "1");
    refuses("bit(4)", untyped, "Hw==", "do not fit");
    refuses("bit(4)", untyped, "01011", "Base64");
    keeps("varbit", untyped, "BQ==", "101");
    keeps("varbit", untyped, "01011", "01011");
    refuses("varbit", untyped, "0101", "Base64");
    keeps("bit(4)[]", untyped, List.of("BQ=="), "{0101}");
    keeps("date", untyped, 1L, "1970-01-02");
    keeps("date", untyped, "2020-02-29", "2020-02-29");
    keeps("timestamp(3)", untyped, 1_767_225_600_500L, "2026-01-01 00:00:00.5");
    keeps("timestamp", untyped, 1_767_225_600_000_500L, "2026-01-01 00:00:00.0005");
    keeps("timestamp(3)[]", untyped, List.of(1_767_225_600_500L), "{\"2026-01-01 00:00:00.5\"}");
    refuses("timestamp", untyped, 1_767_225_600_500L, "schemaless.time.unit");
    refuses("timestamp(3)", untyped, 1_767_225_600_000_500L, "schemaless.time.unit");
    keeps("timestamptz", untyped, "2020-01-01T00:00:00.000001Z", "2020-01-01 00:00:00.000001+00");
    keeps("timestamptz", untyped, "9999-12-31T23:59:59Z", "9999-12-31 23:59:59+00");
    keeps("time(3)", untyped, 1_500L, "00:00:01.5");
    keeps("time", untyped, 43_200_000_000L, "12:00:00");
    refuses("time", untyped, 43_200_000L, "schemaless.time.unit");
    keeps("interval", untyped, 1_500_000L, "00:00:01.5");
    keeps(
        "uuid",
        untyped,
        "0c1a2b3c-dead-4bee-8000-0123456789ab",
        "0c1a2b3c-dead-4bee-8000-0123456789ab");
    keeps("jsonb", untyped, Map.of("a", List.of(1L, true)), "{\"a\": [1, true]}");
    keeps("jsonb", untyped, "[1]", "[1]");
    keeps("hstore", untyped, Map.of("a", "b"), "\"a\"=>\"b\"");
    keeps("text", untyped, 5L, "5");
    keeps("boolean", untyped, true, "t");
    refuses("boolean", untyped, 5L, "cannot be stored");
    keeps("boolean", untyped, "true", "t");
    refuses("boolean", untyped, "t", "neither true nor false");
    keeps("timestamp", untyped, 9_223_372_036_825_200_000L, "infinity");
    keeps("timestamp(3)", untyped, 9_223_372_036_825_200_000L, "infinity");
    refuses("timestamp(3)", untyped, Long.MAX_VALUE / 999, "out of the range");
    keeps("real", untyped, 0.1, "0.1");
    refuses("real", untyped, 0.123456789, "does not fit");
    keeps("double precision", untyped, "NaN", "NaN");
    keeps("real", untyped, 1.5, "1.5");
    keeps("inet", untyped, "10.0.0.1", "10.0.0.1");
    keeps("text[]", untyped, List.of("a"), "{a}");
    keeps("date[]", untyped, List.of(1L), "{1970-01-02}");
    return tests.stream();
  }

  @Test
  void jsonOfTheSourceStaysJson() {
    TableId table = new TableId("public", "documents");
    RowSchema schema =
        keyed(
            optional("text", new Named("json")),
            optional("texts", new Array(new Named("json"))),
            optional("binary", Primitive.JSON));
    PartitionOwner writer = owner();
    String twice = "{\"b\":1,  \"b\":2}";
    writer.commit(batch(table, schema).upsert(1, 1, twice, List.of("1.0"), "{}").build());
    writer.commit(batch(table, schema).upsert(2, 1, twice, List.of("2.0"), "[]").build());
    assertEquals(
        List.of(List.of("json", "json[]", "jsonb", twice)),
        database.rows(
            "select pg_typeof(text)::text, pg_typeof(texts)::text, pg_typeof(\"binary\")::text,"
                + " text::text from documents"));
  }

  private void keeps(String type, LogicalType incoming, Object value, String expected) {
    TableId table = table(type);
    tests.add(
        dynamicTest(
            type + " keeps " + value,
            () -> {
              Column column = optional("v", incoming);
              owner.commit(batch(table, keyed(column)).upsert(1, 1, value).build());
              assertEquals(
                  expected,
                  database.value("select format('%s', v) from " + table + " where id = 1"));
            }));
  }

  private void refuses(String type, LogicalType incoming, Object value, String reason) {
    TableId table = table(type);
    tests.add(
        dynamicTest(
            type + " refuses " + value,
            () -> {
              RecordException refusal = refusal(table, incoming, value);
              assertEquals(table, refusal.table());
              assertEquals(RowKey.of(1), refusal.key());
              assertTrue(refusal.getMessage().contains("column v"), refusal::getMessage);
              assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
            }));
  }

  private void refusesInSql(String type, LogicalType incoming, Object value) {
    TableId table = table(type);
    tests.add(dynamicTest(type + " refuses " + value, () -> refusal(table, incoming, value)));
  }

  private RecordException refusal(TableId table, LogicalType incoming, Object value) {
    Column column = optional("v", incoming);
    RecordException refusal =
        assertThrows(
            RecordException.class,
            () -> owner.commit(batch(table, keyed(column)).upsert(1, 1, value).build()));
    assertEquals(0, database.number("select count(*) from " + table));
    return refusal;
  }

  private TableId table(String type) {
    TableId table = new TableId("public", "t" + tables++);
    database.execute("create table " + table + " (id int primary key, v " + type + ")");
    return table;
  }
}
