// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads columns of files by Kernel's own Parquet reader, independently of ours. */
final class KernelParquet {
  private KernelParquet() {}

  static List<Object> read(Path file, DeltaColumn column) throws IOException {
    FieldMetadata metadata =
        column.fieldId().isPresent()
            ? FieldMetadata.builder()
                .putLong("parquet.field.id", column.fieldId().getAsInt())
                .build()
            : FieldMetadata.empty();
    StructType schema =
        new StructType(
            List.of(new StructField(column.physicalName(), column.type(), true, metadata)));
    FileStatus status = FileStatus.of(file.toString(), Files.size(file), 0);
    List<Object> values = new ArrayList<>();
    try (CloseableIterator<FileReadResult> results =
        DefaultEngine.create(new KernelFileIO(new LocalFileIO(), Map.of()))
            .getParquetHandler()
            .readParquetFiles(one(status), schema, Optional.empty())) {
      while (results.hasNext()) {
        var batch = new FilteredColumnarBatch(results.next().getData(), Optional.empty()).getData();
        for (int row = 0; row < batch.getSize(); row++) {
          values.add(value(batch.getColumnVector(0), column.type(), row));
        }
      }
    }
    return values;
  }

  private static CloseableIterator<FileStatus> one(FileStatus status) {
    Iterator<FileStatus> single = List.of(status).iterator();
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return single.hasNext();
      }

      @Override
      public FileStatus next() {
        return single.next();
      }

      @Override
      public void close() {}
    };
  }

  private static Object value(ColumnVector vector, DataType type, int row) {
    if (vector.isNullAt(row)) {
      return null;
    }
    if (type instanceof BooleanType) {
      return vector.getBoolean(row);
    }
    if (type instanceof ByteType) {
      return vector.getByte(row);
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
      ArrayValue list = vector.getArray(row);
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < list.getSize(); i++) {
        values.add(value(list.getElements(), array.getElementType(), i));
      }
      return values;
    }
    if (type instanceof MapType map) {
      MapValue entries = vector.getMap(row);
      Map<Object, Object> values = new HashMap<>();
      for (int i = 0; i < entries.getSize(); i++) {
        values.put(
            value(entries.getKeys(), map.getKeyType(), i),
            value(entries.getValues(), map.getValueType(), i));
      }
      return values;
    }
    if (type instanceof StructType struct) {
      Object[] values = new Object[struct.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(vector.getChild(i), struct.at(i).getDataType(), row);
      }
      return values;
    }
    return vector.getLong(row);
  }
}
