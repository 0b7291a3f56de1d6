// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.sink.decode.Decoding.columns;
import static io.lakehousecdc.sink.decode.Decoding.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.debezium.time.MicroDuration;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.decode.table.ColumnCase;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Tests of column.name.case. */
class ColumnCaseTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("OrderId", Schema.INT32_SCHEMA)
          .column("Name", Schema.OPTIONAL_STRING_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  private static Decoding decoding(ColumnCase columnCase, String keys, String excluded) {
    DecodeOptions defaults = DecodeOptions.defaults();
    return new Decoding(
        new DecodeOptions(
            defaults.naming(),
            KeyOverrides.parse(keys),
            FieldFilter.parse("", excluded),
            columnCase,
            defaults.unavailablePlaceholder(),
            defaults.flattenedPrefix()));
  }

  @Test
  void namesAreThoseOfTheSourceByDefault() {
    RowEvent row = Decoding.withDefaults().row(TABLE.create(1, 1, 7, "a", "b"));
    assertEquals(List.of("OrderId", "Name", "note"), columns(row));
  }

  @Test
  void lowerCaseHoldsForKeysValuesAndDeletes() {
    Decoding decoding = decoding(ColumnCase.LOWER, "", "");
    RowEvent row = decoding.row(TABLE.create(1, 1, 7, "a", "b"));
    assertEquals(List.of("orderid", "name", "note"), columns(row));
    assertEquals(List.of("orderid"), key(row));
    assertEquals("a", after(row, "name"));
    assertTrue(row.schema().sourceTable().isPresent());
    assertEquals(RowKey.of(7), decoding.row(TABLE.delete(2, 2, 7)).key());
    assertEquals(RowKey.of(7), decoding.tombstone(TABLE.tombstone(7)).key());
  }

  @Test
  void otherSettingsNameColumnsAsTheSourceDoes() {
    Decoding decoding = decoding(ColumnCase.LOWER, "public.t:Name", "note");
    RowEvent row = decoding.row(TABLE.create(1, 1, 7, "a", "b"));
    assertEquals(List.of("orderid", "name"), columns(row));
    assertEquals(RowKey.of("a"), row.key());
  }

  @Test
  void columnsThatWouldShareANameAreRefused() {
    DebeziumTable twice =
        DebeziumRecords.table("public", "t")
            .key("id", Schema.INT32_SCHEMA)
            .column("ID", Schema.INT32_SCHEMA);
    String message =
        decoding(ColumnCase.LOWER, "", "").rejected(twice.create(1, 1, 7, 8)).errorMessage();
    assertTrue(message.contains("column.name.case"), message);
    RowEvent row = decoding(ColumnCase.LOWER, "", "ID").row(twice.create(1, 1, 7, 8));
    assertEquals(List.of("id"), columns(row));
  }

  @Test
  void lossesAreWarnedOfUnderEitherName() {
    DebeziumTable lossy =
        DebeziumRecords.table("public", "t")
            .key("id", Schema.INT32_SCHEMA)
            .column("Took", MicroDuration.builder().optional().build());
    Decoding decoding = decoding(ColumnCase.LOWER, "", "");
    decoding.row(lossy.create(1, 1, 7, 8L));
    assertEquals(1, decoding.warnings().size(), decoding.warnings()::toString);
  }
}
