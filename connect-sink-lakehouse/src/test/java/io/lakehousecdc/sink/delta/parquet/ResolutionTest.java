// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** Files whose columns have other names, or other ids, than the table's. */
class ResolutionTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path directory;

  @Test
  void namesCountAndIdsDoNotInModeName() throws IOException {
    String file =
        write(
            List.of(column("col-a", 2, Resolution.NAME), column("col-b", 1, Resolution.NAME)),
            10,
            20);
    Object[] row =
        read(
            file,
            List.of(
                column("col-a", 1, Resolution.NAME),
                column("col-b", 2, Resolution.NAME),
                column("col-c", 2, Resolution.NAME)));
    assertArrayEquals(new Object[] {10, 20, null}, row);
  }

  @Test
  void idsCountAndNamesDoNotInModeId() throws IOException {
    String file =
        write(
            List.of(column("col-b", 1, Resolution.ID), column("col-a", 2, Resolution.ID)), 10, 20);
    Object[] row =
        read(
            file,
            List.of(
                column("col-a", 1, Resolution.ID),
                column("col-b", 2, Resolution.ID),
                column("col-a", 3, Resolution.ID)));
    assertArrayEquals(new Object[] {10, 20, null}, row);
  }

  @Test
  void columnWithoutIdIsNotFoundInModeId() throws IOException {
    DeltaColumn without =
        new DeltaColumn("a", "col-a", OptionalInt.empty(), IntegerType.INTEGER, true);
    assertNull(read(write(List.of(without), 10), List.of(column("col-a", 1, Resolution.ID)))[0]);
  }

  @Test
  void fieldsOfStructsAreFoundLikeColumns() throws IOException {
    StructType stored = new StructType().add(field("x", 11)).add(field("y", 12));
    StructType swapped =
        new StructType().add(field("y", 11)).add(field("x", 12)).add(field("z", 13));
    for (Resolution resolution : Resolution.values()) {
      String file =
          write(
              List.of(
                  column("s", 1, stored, resolution),
                  column("l", 2, new ArrayType(stored, true), resolution)),
              new Object[] {1, 2},
              List.of((Object) new Object[] {3, 4}));
      Object[] row =
          read(
              file,
              List.of(
                  column("s", 1, swapped, resolution),
                  column("l", 2, new ArrayType(swapped, true), resolution)));
      boolean byId = resolution == Resolution.ID;
      assertArrayEquals(
          byId ? new Object[] {1, 2, null} : new Object[] {2, 1, null}, (Object[]) row[0]);
      assertArrayEquals(
          byId ? new Object[] {3, 4, null} : new Object[] {4, 3, null},
          (Object[]) ((List<?>) row[1]).get(0));
    }
  }

  private static StructField field(String name, int id) {
    return new StructField(
        name,
        IntegerType.INTEGER,
        true,
        FieldMetadata.builder().putLong(Resolution.FIELD_ID, id).build());
  }

  private static DeltaColumn column(String physicalName, int id, Resolution resolution) {
    return column(physicalName, id, IntegerType.INTEGER, resolution);
  }

  private static DeltaColumn column(
      String physicalName, int id, DataType type, Resolution resolution) {
    return new DeltaColumn(
        physicalName, physicalName, OptionalInt.of(id), type, true, resolution, true);
  }

  private String write(List<DeltaColumn> columns, Object... row) throws IOException {
    String location = directory.resolve("file-" + System.nanoTime() + ".parquet").toString();
    try (RowFileWriter writer =
        RowFileWriter.create(store, location, columns, WriteOptions.DEFAULT)) {
      writer.write(row);
      writer.finish();
    }
    return location;
  }

  private Object[] read(String location, List<DeltaColumn> columns) throws IOException {
    Object[][] found = new Object[1][];
    new RowFileReader(store)
        .read(
            location,
            Files.size(Path.of(location)),
            RoaringBitmap.bitmapOf(0),
            columns,
            (row, values) -> found[0] = values);
    assertEquals(columns.size(), found[0].length);
    return found[0];
  }
}
