// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextFormTest {

  @Test
  void datesAndTimesAreIsoWithPostgresEras() {
    assertEquals("1970-01-01", TextForm.of(0, Primitive.DATE));
    assertEquals("0001-12-31 BC", TextForm.of(-719_163, Primitive.DATE));
    assertEquals("infinity", TextForm.of(Integer.MAX_VALUE, Primitive.DATE));
    assertEquals("24:00:00", TextForm.of(86_400_000_000L, Primitive.TIME));
    assertEquals("1969-12-31 23:59:59.999999", TextForm.of(-1L, Primitive.TIMESTAMP));
    assertEquals("-infinity", TextForm.of(Long.MIN_VALUE, Primitive.TIMESTAMPTZ));
    assertEquals("1970-01-01 00:00+00", TextForm.of(0L, Primitive.TIMESTAMPTZ));
  }

  @Test
  void numbersHaveNoExponent() {
    assertEquals("1000", TextForm.of(new BigDecimal("1E+3"), Primitive.NUMERIC));
    assertEquals("12", TextForm.of(12L, Primitive.INT64));
  }

  @Test
  void arrayElementsAreQuoted() {
    assertEquals(
        "{\"a\\\"b\",NULL,\"NULL\",\"c\\\\d\"}",
        TextForm.array(Arrays.asList("a\"b", null, "NULL", "c\\d"), Primitive.TEXT));
    assertEquals(
        "{{\"1\"},{\"2\"}}",
        TextForm.array(List.of(List.of(1), List.of(2)), new Array(Primitive.INT32)));
  }

  @Test
  void hstoreKeysAndValuesAreQuoted() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a\"", "x=>y");
    map.put("b", null);
    assertEquals("\"a\\\"\"=>\"x=>y\",\"b\"=>NULL", TextForm.hstore(map));
  }

  @Test
  void jsonIsEscaped() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a\"\n\u0001", Arrays.asList(1L, 2.5, true, null, "x\\y", Double.NaN));
    map.put("b", Map.of());
    map.put("c", List.of());
    assertEquals(
        "{\"a\\\"\\n\\u0001\":[1,2.5,true,null,\"x\\\\y\",\"NaN\"],\"b\":{},\"c\":[]}",
        JsonText.of(map));
  }
}
