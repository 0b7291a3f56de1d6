// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.delta.standalone.DeltaLog;
import io.delta.standalone.data.CloseableIterator;
import io.delta.standalone.data.RowRecord;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Delta Standalone, the retired library of protocol 1, reads tables without deletion vectors. It
 * takes timestamps in Parquet's INT96 alone, and decimals in other than fixed-length bytes for a
 * hundred times what they are; those of more than 20 digits before the point it cannot read at all.
 */
class DeltaStandaloneTest {
  private static final RowSchema TYPES =
      Batches.schema(
          1,
          required("id", Primitive.INT64),
          optional("flag", Primitive.BOOLEAN),
          optional("small", Primitive.INT16),
          optional("whole", Primitive.INT32),
          optional("single", Primitive.FLOAT32),
          optional("real", Primitive.FLOAT64),
          optional("price", new LogicalType.Decimal(7, 2)),
          optional("amount", new LogicalType.Decimal(18, 4)),
          optional("huge", new LogicalType.Decimal(38, 10)),
          optional("note", Primitive.TEXT),
          optional("bytes", Primitive.BYTES),
          optional("day", Primitive.DATE),
          optional("at", Primitive.TIMESTAMPTZ),
          optional("local", Primitive.TIMESTAMP),
          optional("tags", new LogicalType.Array(Primitive.TEXT)));

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "snappy"})
  void everyTypeIsReadAsItWasWritten(String codec) throws IOException {
    LocalDate day = LocalDate.of(1969, 12, 30);
    Instant at = Instant.parse("2026-03-29T01:30:00.123456Z");
    Instant early = Instant.parse("1899-12-31T23:59:59.999999Z");
    write(
        Map.of(DeltaSettings.COMPRESSION, codec),
        owner ->
            owner.commit(
                Batches.batch(Warehouse.ITEMS, TYPES)
                    .upsert(
                        1,
                        1L,
                        true,
                        (short) -7,
                        Integer.MIN_VALUE,
                        1.5f,
                        Double.MAX_VALUE,
                        new BigDecimal("-12345.67"),
                        new BigDecimal("12345678901234.5678"),
                        new BigDecimal("-1234567890123456789.0123456789"),
                        "grüße",
                        new byte[] {0, -1},
                        (int) day.toEpochDay(),
                        micros(at),
                        micros(early),
                        List.of("a", "b"))
                    .upsert(
                        2, 2L, null, null, null, null, null, null, null, null, null, null, null,
                        null, null, null)
                    .build()));

    Map<Long, RowRecord> rows = read("id", RowRecord::getLong);

    RowRecord row = rows.get(1L);
    assertEquals(true, row.getBoolean("flag"));
    assertEquals((short) -7, row.getShort("small"));
    assertEquals(Integer.MIN_VALUE, row.getInt("whole"));
    assertEquals(1.5f, row.getFloat("single"));
    assertEquals(Double.MAX_VALUE, row.getDouble("real"));
    assertEquals(0, new BigDecimal("-12345.67").compareTo(row.getBigDecimal("price")));
    assertEquals(0, new BigDecimal("12345678901234.5678").compareTo(row.getBigDecimal("amount")));
    assertEquals(
        0, new BigDecimal("-1234567890123456789.0123456789").compareTo(row.getBigDecimal("huge")));
    assertEquals("grüße", row.getString("note"));
    assertArrayEquals(new byte[] {0, -1}, row.getBinary("bytes"));
    assertEquals(Date.valueOf(day), row.getDate("day"));
    assertEquals(Timestamp.from(at), row.getTimestamp("at"));
    assertEquals(Timestamp.from(early), row.getTimestamp("local"));
    assertEquals(List.of("a", "b"), row.getList("tags"));
    for (String column : List.of("flag", "whole", "amount", "note", "day", "at", "tags")) {
      assertEquals(true, rows.get(2L).isNullAt(column), column);
    }
  }

  @Test
  void updatesAndDeletesAreSeen() throws IOException {
    write(
        Map.of(),
        owner -> {
          owner.commit(items().upsert(1, 1, "a", "t", 1L).upsert(2, 2, "b", "t", 1L).build());
          owner.commit(items().upsert(4, 1, "c", "t", 2L).delete(5, 2).build());
          owner.commit(items().upsert(6, 3, "d", "t", 3L).build());
        });

    Map<Integer, String> names = new TreeMap<>();
    read("id", RowRecord::getInt).forEach((id, row) -> names.put(id, row.getString("name")));

    assertEquals(Map.of(1, "c", 3, "d"), names);
  }

  @Test
  void tableWithDeletionVectorsIsRefusedByIt() {
    write(
        Map.of(DeltaSettings.DELETION_VECTORS, "true"),
        owner -> owner.commit(items().upsert(1, 1, "a", "t", 1L).build()));

    assertThrows(RuntimeException.class, () -> read("id", RowRecord::getInt));
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private void write(Map<String, String> settings, Consumer<PartitionOwner> commits) {
    Map<String, String> all = new TreeMap<>(Map.of(DeltaSettings.DELETION_VECTORS, "false"));
    all.putAll(settings);
    try (Target target =
        DeltaFixture.open(
            new LocalFileIO(), root, TableOptions.DEFAULT, new TargetContext("sink", 0), all)) {
      commits.accept(PartitionOwner.of(target, Warehouse.P0));
    }
  }

  private interface Key<K> {
    K of(RowRecord row, String column);
  }

  private <K> Map<K, RowRecord> read(String key, Key<K> reader) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("io.delta.standalone.PARQUET_DATA_TIME_ZONE_ID", "UTC");
    DeltaLog log =
        DeltaLog.forTable(configuration, root.resolve("shop").resolve("items").toString());
    Map<K, RowRecord> rows = new TreeMap<>();
    try (CloseableIterator<RowRecord> records = log.snapshot().open()) {
      while (records.hasNext()) {
        RowRecord row = records.next();
        assertEquals(null, rows.put(reader.of(row, key), row), "a key is there twice");
      }
    }
    return rows;
  }
}
