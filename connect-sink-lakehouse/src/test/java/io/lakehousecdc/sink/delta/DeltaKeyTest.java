// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows are found by their keys, whatever becomes of the columns that hold these. */
class DeltaKeyTest {
  private static final TableId LINES = new TableId("shop", "lines");

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void keysOfColumnsThatWereWidenedAreToldApart() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(LINES, lines(Primitive.INT32)).upsert(1, 1, 5, "small").build());
      owner.commit(
          batch(LINES, lines(Primitive.INT64)).upsert(2, 1, (1L << 32) + 5, "large").build());
    }
    assertEquals(
        List.of(row(1, (1L << 32) + 5, "large"), row(1, 5L, "small")), rows("a", "b", "v"));
  }

  @Test
  void rowIsFoundAfterItsKeyBecameOfDoublePrecision() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(LINES, lines(Primitive.FLOAT32)).upsert(1, 1, 0.5f, "old").build());
      owner.commit(batch(LINES, lines(Primitive.FLOAT64)).upsert(2, 1, 0.5, "new").build());
    }
    assertEquals(List.of(row(1, 0.5, "new")), rows("a", "b", "v"));
  }

  /** To the source they are one key: a row deleted and inserted anew comes as one change. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersThatDifferInTrailingZerosAreOneKey(boolean openedAnew) {
    RowSchema lines = lines(Primitive.NUMERIC);
    Target target = open();
    try {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          batch(LINES, lines)
              .upsert(1, 1, new BigDecimal("1.0"), "old")
              .upsert(1, 1, new BigDecimal("10"), "ten")
              .build());
      if (openedAnew) {
        target.close();
        target = open();
        owner = PartitionOwner.of(target, Warehouse.P0);
      }
      owner.commit(
          batch(LINES, lines)
              .upsert(2, 1, new BigDecimal("1.00"), "new")
              .delete(2, 1, new BigDecimal("10.000"))
              .build());
    } finally {
      target.close();
    }
    assertEquals(List.of(row(1, "1.00", "new")), rows("a", "b", "v"));
  }

  /** An index that lacks keys would have the rows of these doubled. */
  @Test
  void indexWhoseBuildFailedIsBuiltAnew() {
    RowSchema lines = lines(Primitive.INT32);
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(LINES, lines).upsert(1, 1, 1, "old").build());
      owner.commit(batch(LINES, lines).upsert(2, 2, 2, "old").build());
    }
    AtomicBoolean broken = new AtomicBoolean(true);
    FileIO failing =
        new ForwardingFileIO(store) {
          @Override
          public FileInput open(String location) throws IOException {
            if (location.endsWith(".parquet") && broken.get()) {
              throw new IOException("Injected");
            }
            return super.open(location);
          }
        };
    try (Target target = open(failing)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      TableBatch update = batch(LINES, lines).upsert(3, 1, 1, "new").upsert(3, 2, 2, "new").build();
      assertThrows(RetriableException.class, () -> owner.commit(update));
      broken.set(false);
      owner.commit(update);
    }
    assertEquals(List.of(row(1, 1, "new"), row(2, 2, "new")), rows("a", "b", "v"));
  }

  private static RowSchema lines(LogicalType second) {
    return schema(
        2, required("a", Primitive.INT32), required("b", second), optional("v", Primitive.TEXT));
  }

  private Target open() {
    return open(store);
  }

  private Target open(FileIO io) {
    return DeltaFixture.open(
        io, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private List<List<Object>> rows(String... columns) {
    return new KernelReader(store)
        .rows(root.resolve("shop").resolve("lines").toString()).stream()
            .map(row -> row(Stream.of(columns).map(row::get).toArray()))
            .sorted(Comparator.comparing(Object::toString))
            .toList();
  }
}
