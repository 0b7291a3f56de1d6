// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.sink.decode.Decoding.columns;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns of the source that are named like metadata are data, whatever form the record has. */
class OwnColumnsTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "audit").key("id", Schema.INT32_SCHEMA);

  /** Deletes become tombstones, so that ExtractNewRecordState adds no __deleted of its own. */
  private static final Map<String, String> WITH_TOMBSTONES =
      Map.of("add.fields", "op,source.sequence,source.lsn,source.ts_us");

  private final Decoding decoding = Decoding.withDefaults();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void markOfSoftDeletesAtTheSourceIsAColumn(boolean schemaless) {
    DebeziumTable table =
        TABLE
            .column("__deleted", Schema.OPTIONAL_BOOLEAN_SCHEMA)
            .column("__version", Schema.OPTIONAL_INT32_SCHEMA)
            .flattened(WITH_TOMBSTONES);
    RowEvent row = decoding.row(in(table, schemaless).create(100, 120, 7, true, 3));
    assertThat(row.operation()).isEqualTo(Operation.CREATE);
    assertThat(row.sourcePosition().lsn()).isEqualTo(120);
    assertThat(columns(row)).containsExactlyInAnyOrder("id", "__deleted", "__version");
    assertThat(after(row, "__deleted")).isEqualTo(true);
    assertThat(((Number) after(row, "__version")).intValue()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void versionInTextIsAColumn(boolean schemaless) {
    DebeziumTable table = TABLE.column("__version", Schema.OPTIONAL_STRING_SCHEMA);
    RowEvent row =
        decoding.row(in(table.flattened(Map.of()), schemaless).create(100, 120, 7, "1.0"));
    assertThat(after(row, "__version")).isEqualTo("1.0");
    row = decoding.row(in(table.flattened(), schemaless).create(100, 120, 7, "1.0"));
    assertThat(columns(row)).containsExactlyInAnyOrder("id", "__version");
    assertThat(row.sourcePosition().lsn()).isEqualTo(120);
  }

  @Test
  void columnBeforeTheMetadataIsNoneOfThem() {
    RowEvent row =
        decoding.row(
            TABLE
                .column("__table", Schema.OPTIONAL_STRING_SCHEMA)
                .column("__lsn", Schema.OPTIONAL_INT64_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA)
                .flattened(WITH_TOMBSTONES)
                .create(100, 120, 7, "other", 5L, "x"));
    assertThat(columns(row)).containsExactly("id", "__table", "__lsn", "v");
    assertThat(row.table()).isEqualTo(new TableId("public", "audit"));
    assertThat(row.sourcePosition().lsn()).isEqualTo(120);
  }

  @Test
  void textInPlaceOfTheMarkOfDeletesIsRefused() {
    DebeziumTable table =
        TABLE.column("__deleted", Schema.OPTIONAL_STRING_SCHEMA).flattened(WITH_TOMBSTONES);
    assertThat(decoding.rejected(table.create(1, 1, 7, "no")).errorMessage()).contains("__deleted");
    assertThat(decoding.rejected(table.create(1, 1, 7, "true")).errorMessage())
        .contains("contradicts the operation");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void auditTableOfOperationsIsATable(boolean schemaless) {
    DebeziumTable table =
        TABLE
            .column("op", Schema.STRING_SCHEMA)
            .column("source", Schema.STRING_SCHEMA)
            .column("ts_ms", Schema.INT64_SCHEMA)
            .column("before", DebeziumTypes.json().optional().build())
            .column("after", DebeziumTypes.json().optional().build())
            .column("message", Schema.OPTIONAL_STRING_SCHEMA);
    for (DebeziumTable each : List.of(table, table.flattened())) {
      RowEvent row =
          decoding.row(in(each, schemaless).create(1, 2, 7, "c", "app", 5L, null, "{}", "m"));
      assertThat(columns(row))
          .containsExactlyInAnyOrder("id", "op", "source", "ts_ms", "before", "after", "message");
      assertThat(after(row, "op")).isEqualTo("c");
      assertThat(row.sourcePosition().lsn()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tablesShapedLikeServiceMessagesAreTables(boolean schemaless) {
    DebeziumTable times =
        DebeziumRecords.table("public", "times").key("ts_ms", Schema.INT64_SCHEMA);
    assertThat(decoding.row(in(times.flattened(Map.of()), schemaless).create(1, 2, 5L)).key())
        .isEqualTo(RowKey.of(5L));
    DebeziumTable jobs =
        DebeziumRecords.table("public", "jobs")
            .key("id", Schema.STRING_SCHEMA)
            .column("status", Schema.STRING_SCHEMA)
            .column("event_count", Schema.INT64_SCHEMA)
            .column("data_collections", Schema.STRING_SCHEMA);
    assertThat(
            decoding
                .row(in(jobs.flattened(Map.of()), schemaless).create(1, 2, "a", "END", 2L, "t"))
                .key())
        .isEqualTo(RowKey.of("a"));
    DebeziumTable messages =
        DebeziumRecords.table("public", "messages")
            .key("schema", Schema.STRING_SCHEMA)
            .column("payload", Schema.STRING_SCHEMA);
    assertThat(
            columns(
                decoding.row(in(messages.flattened(Map.of()), schemaless).create(1, 2, "a", "b"))))
        .containsExactlyInAnyOrder("schema", "payload");
  }

  @ParameterizedTest
  @ValueSource(strings = {"_cdc_", ""})
  void prefixTellsMetadataFromColumns(String prefix) {
    Decoding prefixed = Decoding.withPrefix(prefix);
    Map<String, String> configuration = new HashMap<>(DebeziumRecords.FLATTENED);
    configuration.put("add.fields", "op,source.txId,lsn,source.sequence,source.ts_ms,source.table");
    configuration.put("add.fields.prefix", prefix);
    DebeziumTable table =
        TABLE
            .column("__lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .column("name", Schema.OPTIONAL_STRING_SCHEMA)
            .flattened(configuration);
    RowEvent row = prefixed.row(table.create(100, 120, 7, 5L, "n"));
    assertThat(columns(row)).containsExactly("id", "__lsn", "name", prefix + "source_txId");
    assertThat(row.operation()).isEqualTo(Operation.CREATE);
    assertThat(row.sourcePosition().lsn()).isEqualTo(120);
    assertThat(prefixed.row(table.delete(101, 130, 7)).operation()).isEqualTo(Operation.DELETE);
  }

  /** The transform names its mark of a delete alike under every prefix. */
  @ParameterizedTest
  @ValueSource(strings = {"__", "_cdc_", ""})
  void markOfADeleteHasNoPrefix(String prefix) {
    DebeziumTable table =
        TABLE.flattened(
            Map.of(
                "delete.tombstone.handling.mode", "rewrite",
                "add.fields", "source.sequence",
                "add.fields.prefix", prefix));
    Decoding prefixed = Decoding.withPrefix(prefix);
    RowEvent created = prefixed.row(table.create(100, 120, 7));
    assertThat(columns(created)).containsExactly("id");
    assertThat(created.operation()).isEqualTo(Operation.UPDATE);
    assertThat(prefixed.row(table.delete(101, 130, 7)).operation()).isEqualTo(Operation.DELETE);
  }

  @Test
  void prefixOfHeadersIsTheSame() {
    DebeziumTable table =
        TABLE.flattened(
            Map.of("add.headers", "op,source.sequence,source.lsn", "add.headers.prefix", "_cdc_"));
    RowEvent delete = Decoding.withPrefix("_cdc_").row(table.delete(100, 120, 7));
    assertThat(delete.operation()).isEqualTo(Operation.DELETE);
    assertThat(delete.sourcePosition().lsn()).isEqualTo(120);
  }

  @Test
  void recordsWithoutAPositionAreWarnedOfOnceByTable() {
    DebeziumTable table = TABLE.flattened(Map.of("add.fields", "op"));
    assertThat(decoding.row(table.create(1, 2, 7)).sourcePosition().lsn())
        .isEqualTo(SourcePosition.NONE);
    decoding.row(table.create(1, 2, 8));
    assertThat(decoding.warnings())
        .singleElement()
        .asString()
        .contains("public.audit", "add.fields=op,source.sequence,source.lsn", "flattened.prefix");
    Decoding other = Decoding.withDefaults();
    other.row(TABLE.flattened().create(1, 2, 7));
    other.row(TABLE.flattened().snapshot(1, 7));
    assertThat(other.warnings()).isEmpty();
  }

  @Test
  void namesInUnicodeEscapesAreKeptAndWarnedOf() {
    DebeziumTable table =
        TABLE
            .column("my_u0020col", Schema.OPTIONAL_STRING_SCHEMA)
            .column("my_u005fcol", Schema.OPTIONAL_STRING_SCHEMA);
    RowEvent row = decoding.row(table.create(1, 2, 7, "x", "y"));
    assertThat(columns(row)).containsExactly("id", "my_u0020col", "my_u005fcol");
    decoding.row(table.create(1, 3, 8, "x", "y"));
    assertThat(decoding.warnings()).singleElement().asString().contains("avro_unicode");
    Decoding other = Decoding.withDefaults();
    other.row(TABLE.column("is_usable", Schema.OPTIONAL_STRING_SCHEMA).create(1, 2, 7, "x"));
    assertThat(other.warnings()).isEmpty();
  }

  /** A row with a column of a map without a schema is no envelope. */
  @Test
  void schemalessMapIsNoSourceBlockWithoutAnOperationInText() {
    Map<String, Object> row = new HashMap<>();
    row.put("id", 7L);
    row.put("op", 5L);
    row.put("source", Map.of("a", "b"));
    row.put("after", Map.of());
    SinkRecord record =
        new SinkRecord(
            "src.public.audit",
            0,
            null,
            Map.of("id", 7L),
            null,
            row,
            0,
            0L,
            TimestampType.CREATE_TIME);
    assertThat(columns(decoding.row(record)))
        .containsExactlyInAnyOrder("id", "op", "source", "after");
  }

  private static DebeziumTable in(DebeziumTable table, boolean schemaless) {
    return schemaless ? table.schemaless() : table;
  }
}
