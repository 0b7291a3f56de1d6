// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another program has inserted rows whose key is NULL. */
class ForeignNullKeyTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({"INT32,true", "INT32,false", "TEXT,true", "TEXT,false"})
  void rowsAreLeftAloneAndCounted(Primitive type, boolean deletionVectors) throws Exception {
    RowSchema schema = Batches.schema(1, optional("id", type), optional("name", Primitive.TEXT));
    Map<String, String> settings =
        Map.of("delta.deletion.vectors", Boolean.toString(deletionVectors));
    try (Target target = open(settings)) {
      PartitionOwner.of(target, Warehouse.P0).commit(batch(schema, 1, key(type, 1)));
    }
    insertRows(key(type, 2));
    try (Target target = open(settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      for (int i = 2; i < 15; i++) {
        owner.commit(batch(schema, i, key(type, i % 3)));
      }
      assertEquals(2, target.gauges().get("delta-rows-without-key").getAsLong());
    }
    List<Map<String, Object>> rows =
        new KernelReader(store).rows(root.resolve("shop").resolve("items").toString());
    assertEquals(5, rows.size(), rows::toString);
    assertEquals(2, rows.stream().filter(row -> row.get("id") == null).count());
  }

  private static Object key(LogicalType type, int number) {
    return type == Primitive.TEXT ? (Object) ("k" + number) : (Object) number;
  }

  private static TableBatch batch(RowSchema schema, int lsn, Object key) {
    return Batches.batch(Warehouse.ITEMS, schema).upsert(lsn, key, "n" + lsn).build();
  }

  /** Two rows without a key, and one with. */
  private void insertRows(Object key) throws Exception {
    String location = root.resolve("shop").resolve("items").toString();
    TableLog log = new TableLog(store, location);
    TableVersion version = log.latest().orElseThrow();
    List<DeltaColumn> columns =
        version.columns().stream()
            .map(
                column ->
                    new DeltaColumn(
                        column.name(),
                        column.physicalName(),
                        column.fieldId(),
                        column.type(),
                        true))
            .toList();
    WrittenFile written;
    try (RowFileWriter writer =
        RowFileWriter.create(store, location + "/foreign.parquet", columns, WriteOptions.DEFAULT)) {
      for (Object id : new Object[] {null, key, null}) {
        Object[] row = new Object[columns.size()];
        row[0] = id;
        writer.write(row);
      }
      written = writer.finish();
    }
    log.commit(
        version,
        new NewCommit(
            List.of(),
            List.of(
                DataFile.written(
                    "foreign.parquet", Map.of(), written.size(), 0, written.statistics())),
            Map.of(),
            true));
  }

  private Target open(Map<String, String> settings) {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings);
  }
}
