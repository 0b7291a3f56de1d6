// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeOptionsTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "orders").key("id", Schema.INT32_SCHEMA);

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ${source.schema}.${source.table}, '', public, orders
          '', '', public, orders
          ${source.table}, '', '', orders
          ${source.db}.raw_${source.schema}_${source.table}, '', shop, raw_public_orders
          cdc.${topic}, '', cdc, src_public_orders
          ${source.table}, 'public.orders:dwh.fact_orders,public.x:y', dwh, fact_orders
          ${source.table}, ' public.orders : fact_orders ', '', fact_orders
          ${source.table}, 'sales.orders:dwh.fact_orders', '', orders
          """)
  void sourceTableHasATarget(String format, String map, String schema, String name) {
    assertEquals(
        new TableId(schema, name),
        Decoding.withNaming(format, map).row(TABLE.create(1, 1, 7)).table());
  }

  @ParameterizedTest
  @ValueSource(strings = {"${table}", "${source.table", "a.b.c", ".a", "a.", "${}"})
  void malformedFormatIsRefused(String format) {
    assertRefused("table.name.format", () -> TableNaming.parse(format, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:", ":b", "a:b.c.d", "a:.b", "a:b,a:c"})
  void malformedMapIsRefused(String map) {
    assertRefused("table.name.map", () -> TableNaming.parse("", map));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:", ":b", "a:b;a:c", "a:b,b"})
  void malformedKeyColumnsAreRefused(String text) {
    assertRefused("key.columns", () -> KeyOverrides.parse(text));
  }

  @Test
  void fieldListsExcludeEachOther() {
    assertRefused("field.include.list", () -> FieldFilter.parse("a", "b"));
  }

  @Test
  void placeholderMustBeGiven() {
    assertRefused(
        "unavailable.value.placeholder",
        () ->
            new DecodeOptions(
                TableNaming.parse(null, null),
                KeyOverrides.NONE,
                FieldFilter.ALL,
                "",
                DecodeOptions.DEFAULT_FLATTENED_PREFIX));
  }

  @Test
  void databaseThatIsNotKnownIsRejectedWithTheRemedy() {
    String message =
        Decoding.withNaming("${source.db}_${source.table}", "")
            .rejected(TABLE.flattened().create(1, 1, 7))
            .errorMessage();
    assertTrue(message.contains("add.fields"), message);
  }

  private static void assertRefused(String setting, Runnable parse) {
    String message = assertThrows(IllegalArgumentException.class, parse::run).getMessage();
    assertTrue(message.startsWith(setting), message);
  }
}
