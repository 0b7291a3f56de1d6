// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every logical type in a created table: values come back exactly or are rejected. */
interface TypeContract extends Warehouse {

  @TestFactory
  default Stream<DynamicTest> valuesOfEveryTypeComeBackExactlyOrAreRejected() {
    Target target = open(TableOptions.DEFAULT);
    int[] number = {0};
    return values().entrySet().stream()
        .map(
            entry -> {
              TableId table = new TableId("types", "t" + number[0]++);
              Column column = optional("v", entry.getKey());
              return dynamicTest(
                  entry.getKey().toString(),
                  () -> roundTrip(owner(target, table), table, column, entry.getValue()));
            });
  }

  @TestFactory
  default Stream<DynamicTest> everyKeyTypeFindsItsRow() {
    Target target = open(TableOptions.DEFAULT);
    int[] number = {0};
    return keys().entrySet().stream()
        .map(
            entry -> {
              TableId table = new TableId("types", "k" + number[0]++);
              return dynamicTest(
                  entry.getKey().toString(),
                  () ->
                      updateAndDeleteByKey(
                          owner(target, table), table, entry.getKey(), entry.getValue()));
            });
  }

  /** Of a topic of the table's own: who takes over a topic looks into all tables that it feeds. */
  private static PartitionOwner owner(Target target, TableId table) {
    return PartitionOwner.of(target, new SourcePartition("src." + table, 0));
  }

  private void roundTrip(PartitionOwner owner, TableId table, Column column, List<Object> values) {
    RowSchema columns = schema(1, required("id", Primitive.INT32), column);
    Batches batch = batch(table, columns);
    List<List<Object>> expected = new ArrayList<>();
    batch.upsert(1, -1, (Object) null);
    expected.add(row(-1, null));
    owner.commit(batch(table, columns).upsert(1, -2, (Object) null).build());
    expected.add(row(-2, null));
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      if (stores(column, value)) {
        batch.upsert(1, i, value);
        expected.add(row(i, comparable(stored(column, value))));
      } else {
        Batches alone = batch(table, columns).upsert(1, i, value);
        assertThatExceptionOfType(RecordException.class)
            .as("commit of %s, which the target says it cannot store", value)
            .isThrownBy(() -> owner.commit(alone.build()));
      }
    }
    owner.commit(batch.build());
    new RowsAssert(table, comparableRows(table), "id", "v")
        .as("values of type %s", column.type())
        .areExactly(expected);
  }

  private void updateAndDeleteByKey(
      PartitionOwner owner, TableId table, LogicalType type, List<Object> keys) {
    Column key = required("k", type);
    RowSchema columns = schema(1, key, optional("v", Primitive.INT32));
    Batches inserts = batch(table, columns);
    Batches updates = batch(table, columns);
    Batches deletes = batch(table, columns);
    List<List<Object>> expected = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      inserts.upsert(1, keys.get(i), i);
      updates.upsert(2, keys.get(i), 100 + i);
      if (i % 2 == 1) {
        deletes.delete(3, keys.get(i));
      } else {
        expected.add(row(comparable(stored(key, keys.get(i))), 100 + i));
      }
    }
    owner.commit(inserts.build());
    owner.commit(updates.build());
    owner.commit(deletes.build());
    new RowsAssert(table, comparableRows(table), "k", "v")
        .as("keys of type %s", type)
        .areExactly(expected);
  }

  private List<Map<String, Object>> comparableRows(TableId table) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map<String, Object> row : rows(table)) {
      Map<String, Object> copy = new LinkedHashMap<>(row);
      copy.replaceAll((column, value) -> comparable(value));
      rows.add(copy);
    }
    return rows;
  }

  /** Values with value equality: byte arrays become lists, at any depth. */
  private static Object comparable(Object value) {
    if (value instanceof byte[] bytes) {
      Byte[] boxed = new Byte[bytes.length];
      Arrays.setAll(boxed, i -> bytes[i]);
      return List.of(boxed);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(TypeContract::comparable).toList();
    }
    if (value instanceof BigDecimal number) {
      return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }
    return value;
  }

  private static Map<LogicalType, List<Object>> keys() {
    Map<LogicalType, List<Object>> keys = new LinkedHashMap<>();
    keys.put(Primitive.INT16, List.of((short) 1, (short) -2));
    keys.put(Primitive.INT32, List.of(1, -2));
    keys.put(Primitive.INT64, List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0L));
    keys.put(Primitive.TEXT, List.of("a", "A", "a ", "", "ß", "ä", "\ud83d\ude00"));
    keys.put(
        Primitive.UUID,
        List.of("0c1a2b3c-0000-4000-8000-00000000000a", "0c1a2b3c-0000-4000-8000-00000000000b"));
    keys.put(new Decimal(20, 2), List.of(new BigDecimal("1.50"), new BigDecimal("-1.50")));
    keys.put(Primitive.DATE, List.of(0, 20_000, -400));
    keys.put(Primitive.TIMESTAMPTZ, List.of(0L, 1_700_000_000_123_456L));
    keys.put(Primitive.BYTES, List.of(new byte[] {1, 2}, new byte[] {1}, new byte[] {}));
    keys.put(Primitive.BOOLEAN, List.of(true, false));
    return keys;
  }

  private static Map<LogicalType, List<Object>> values() {
    Map<LogicalType, List<Object>> values = new LinkedHashMap<>();
    values.put(Primitive.BOOLEAN, List.of(true, false));
    values.put(Primitive.INT16, List.of((short) 0, Short.MIN_VALUE, Short.MAX_VALUE));
    values.put(Primitive.INT32, List.of(0, Integer.MIN_VALUE, Integer.MAX_VALUE));
    values.put(Primitive.INT64, List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE));
    values.put(
        Primitive.FLOAT32,
        List.of(0f, 1.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY));
    values.put(
        Primitive.FLOAT64,
        List.of(0d, 1.1, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY));
    values.put(
        Primitive.NUMERIC,
        List.of(
            new BigDecimal("0"),
            new BigDecimal("-1"),
            new BigDecimal("10000"),
            new BigDecimal("1E+20"),
            new BigDecimal("0.00001"),
            new BigDecimal("123456789012345678.901234567890123456"),
            new BigDecimal("99999999999999999999999999999999999999")));
    values.put(
        new Decimal(10, 2),
        List.of(
            new BigDecimal("0.00"),
            new BigDecimal("0.01"),
            new BigDecimal("-99999999.99"),
            new BigDecimal("99999999.99")));
    values.put(
        new Decimal(38, 0),
        List.of(
            new BigDecimal("99999999999999999999999999999999999999"),
            new BigDecimal("-99999999999999999999999999999999999999")));
    values.put(
        new Decimal(38, 10), List.of(new BigDecimal("1234567890123456789012345678.0123456789")));
    values.put(
        Primitive.TEXT,
        List.of("", " ", "x\ty\nz\\", "Grüße \ud83d\ude00", "a".repeat(100_000), "NULL", "\\N"));
    values.put(Primitive.BYTES, List.of(new byte[] {}, new byte[] {0, -1, 127, -128, '\\'}));
    values.put(
        Primitive.JSON,
        List.of("null", "{}", "[]", "\"\"", "{\"a\": [1, 2.50, true, null, \"x\\\"y\"]}"));
    values.put(Primitive.UUID, List.of("0c1a2b3c-dead-4bee-8000-0123456789ab"));
    values.put(Primitive.XML, List.of("<a b=\"c\">d</a>"));
    values.put(
        Primitive.DATE,
        List.of(0, -1, 20_000, -719_162, 2_932_896, Integer.MAX_VALUE, Integer.MIN_VALUE));
    values.put(Primitive.TIME, List.of(0L, 1L, 86_399_999_999L, 86_400_000_000L));
    values.put(Primitive.TIMETZ, List.of("00:00:00Z", "12:34:56.123456Z"));
    values.put(
        Primitive.TIMESTAMP,
        List.of(
            0L,
            -1L,
            1_700_000_000_123_456L,
            -62_135_596_800_000_000L,
            253_402_300_799_999_999L,
            Long.MAX_VALUE,
            Long.MIN_VALUE));
    values.put(
        Primitive.TIMESTAMPTZ,
        List.of(0L, -1L, 1_700_000_000_123_456L, Long.MAX_VALUE, Long.MIN_VALUE));
    values.put(
        Primitive.INTERVAL, List.of("PT0S", "P1M", "P1Y2M3DT4H5M6.7S", "P-1Y-2M3DT-4H-5M-6S"));
    values.put(new Bits(8), List.of("00000000", "10100001"));
    values.put(new Bits(Integer.MAX_VALUE), List.of("1", "0001", "1".repeat(70)));
    values.put(
        new Array(Primitive.INT32), List.of(List.of(), List.of(1, 2, 3), Arrays.asList(1, null)));
    values.put(
        new Array(Primitive.TEXT),
        List.of(List.of(), List.of("", "a,b", "{\"x\"}", "NULL", "\\"), Arrays.asList(null, "x")));
    values.put(new Array(Primitive.INT64), List.of(List.of(Long.MIN_VALUE, Long.MAX_VALUE)));
    values.put(new Array(Primitive.FLOAT64), List.of(List.of(1.5, Double.NaN)));
    values.put(new Array(Primitive.BOOLEAN), List.of(List.of(true, false)));
    values.put(
        new Array(new Decimal(10, 2)),
        List.of(List.of(new BigDecimal("1.50"), new BigDecimal("-2.00"))));
    values.put(new Array(Primitive.DATE), List.of(List.of(0, 20_000)));
    values.put(new Array(Primitive.TIMESTAMPTZ), List.of(List.of(0L, 1_700_000_000_123_456L)));
    values.put(new Array(Primitive.UUID), List.of(List.of("0c1a2b3c-dead-4bee-8000-0123456789ab")));
    values.put(new Array(Primitive.BYTES), List.of(List.of(new byte[] {1, 0}, new byte[] {})));
    values.put(new MapOf(Primitive.TEXT), List.of(Map.of(), Map.of("a", "1", "b\"", "x=>y")));
    values.put(new Named("inet"), List.of("10.0.0.1", "2001:db8::/32"));
    values.put(new Named("int4range"), List.of("[1,10)", "empty"));
    values.put(new Named("a_type_nobody_knows"), List.of("free text"));
    return values;
  }
}
