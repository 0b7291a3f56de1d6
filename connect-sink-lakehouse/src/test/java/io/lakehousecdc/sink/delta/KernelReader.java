// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a table as Delta Kernel sees it, through Kernel's own Parquet reader. */
public final class KernelReader {
  private final Engine engine;

  public KernelReader(FileIO store) {
    this.engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
  }

  public List<Map<String, Object>> rows(String location) {
    Snapshot snapshot = TableManager.loadSnapshot(location).build(engine);
    StructType schema = snapshot.getSchema();
    Scan scan = snapshot.getScanBuilder().build();
    Row scanState = scan.getScanState(engine);
    StructType physical = ScanStateRow.getPhysicalDataReadSchema(scanState);
    List<Map<String, Object>> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> files = batches.next().getRows()) {
          while (files.hasNext()) {
            read(files.next(), scanState, physical, schema, rows);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private void read(
      Row file, Row scanState, StructType physical, StructType schema, List<Map<String, Object>> to)
      throws IOException {
    try (CloseableIterator<ColumnarBatch> data =
            engine
                .getParquetHandler()
                .readParquetFiles(
                    io.delta.kernel.internal.util.Utils.singletonCloseableIterator(
                        InternalScanFileUtils.getAddFileStatus(file)),
                    physical,
                    Optional.empty())
                .map(result -> result.getData());
        CloseableIterator<FilteredColumnarBatch> logical =
            Scan.transformPhysicalData(engine, scanState, file, data)) {
      while (logical.hasNext()) {
        FilteredColumnarBatch batch = logical.next();
        for (int i = 0; i < batch.getData().getSize(); i++) {
          int row = i;
          boolean selected =
              batch
                  .getSelectionVector()
                  .map(vector -> !vector.isNullAt(row) && vector.getBoolean(row))
                  .orElse(true);
          if (selected) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (int c = 0; c < schema.length(); c++) {
              values.put(
                  schema.at(c).getName(),
                  value(batch.getData().getColumnVector(c), i, schema.at(c).getDataType()));
            }
            to.add(values);
          }
        }
      }
    }
  }

  private static Object value(ColumnVector vector, int row, DataType type) {
    if (vector.isNullAt(row)) {
      return null;
    }
    if (type instanceof BooleanType) {
      return vector.getBoolean(row);
    }
    if (type instanceof ShortType) {
      return vector.getShort(row);
    }
    if (type instanceof IntegerType || type instanceof DateType) {
      return vector.getInt(row);
    }
    if (type instanceof FloatType) {
      return vector.getFloat(row);
    }
    if (type instanceof DoubleType) {
      return vector.getDouble(row);
    }
    if (type instanceof DecimalType) {
      return vector.getDecimal(row);
    }
    if (type instanceof StringType) {
      return vector.getString(row);
    }
    if (type instanceof BinaryType) {
      return vector.getBinary(row);
    }
    if (type instanceof ArrayType array) {
      ArrayValue values = vector.getArray(row);
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < values.getSize(); i++) {
        list.add(value(values.getElements(), i, array.getElementType()));
      }
      return list;
    }
    if (type instanceof MapType map) {
      MapValue values = vector.getMap(row);
      Map<Object, Object> found = new LinkedHashMap<>();
      for (int i = 0; i < values.getSize(); i++) {
        found.put(
            value(values.getKeys(), i, map.getKeyType()),
            value(values.getValues(), i, map.getValueType()));
      }
      return found;
    }
    if (type instanceof LongType
        || type instanceof io.delta.kernel.types.TimestampType
        || type instanceof io.delta.kernel.types.TimestampNTZType) {
      return vector.getLong(row);
    }
    throw new IllegalArgumentException("No values of type " + type + " are written");
  }
}
