// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** The writer of non-null values of one type. Compiled once per column. */
interface ValueWriter {

  /**
   * @throws ClassCastException the value is not of the type's class
   * @throws ArithmeticException the value does not fit the type
   */
  void write(Object value, RecordConsumer to);

  /** The writer for values of {@code type} that are stored as {@code stored}. */
  static ValueWriter of(DataType type, Type stored) {
    if (type instanceof BooleanType) {
      return (value, to) -> to.addBoolean((Boolean) value);
    }
    if (type instanceof FloatType) {
      return (value, to) -> to.addFloat((Float) value);
    }
    if (type instanceof DoubleType) {
      return (value, to) -> to.addDouble((Double) value);
    }
    if (type instanceof ArrayType array) {
      return list(array, stored);
    }
    if (type instanceof MapType map) {
      return map(map, stored);
    }
    if (type instanceof StructType struct) {
      return struct(struct, stored);
    }
    PrimitiveType primitive = stored.asPrimitiveType();
    return switch (primitive.getPrimitiveTypeName()) {
      case INT32 -> {
        IntegerForm form = IntegerForm.of(type);
        yield (value, to) -> to.addInteger((int) form.of(value));
      }
      case INT64 -> {
        IntegerForm form = IntegerForm.of(type);
        yield (value, to) -> to.addLong(form.of(value));
      }
      default -> {
        ByteForm form = ByteForm.of(type, primitive);
        yield (value, to) -> to.addBinary(Binary.fromConstantByteArray(form.of(value)));
      }
    };
  }

  private static ValueWriter list(ArrayType type, Type stored) {
    ValueWriter element =
        of(type.getElementType(), stored.asGroupType().getType(0).asGroupType().getType(0));
    return (value, to) -> {
      List<?> list = (List<?>) value;
      to.startGroup();
      if (!list.isEmpty()) {
        to.startField("list", 0);
        for (Object item : list) {
          to.startGroup();
          field("element", 0, item, element, to);
          to.endGroup();
        }
        to.endField("list", 0);
      }
      to.endGroup();
    };
  }

  private static ValueWriter map(MapType type, Type stored) {
    var entry = stored.asGroupType().getType(0).asGroupType();
    ValueWriter keys = of(type.getKeyType(), entry.getType(0));
    ValueWriter values = of(type.getValueType(), entry.getType(1));
    return (value, to) -> {
      Map<?, ?> map = (Map<?, ?>) value;
      to.startGroup();
      if (!map.isEmpty()) {
        to.startField("key_value", 0);
        map.forEach(
            (key, item) -> {
              to.startGroup();
              field("key", 0, key, keys, to);
              field("value", 1, item, values, to);
              to.endGroup();
            });
        to.endField("key_value", 0);
      }
      to.endGroup();
    };
  }

  private static ValueWriter struct(StructType type, Type stored) {
    List<StructField> fields = type.fields();
    ValueWriter[] writers = new ValueWriter[fields.size()];
    String[] names = new String[writers.length];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = of(fields.get(i).getDataType(), stored.asGroupType().getType(i));
      names[i] = fields.get(i).getName();
    }
    return (value, to) -> {
      Object[] values = (Object[]) value;
      to.startGroup();
      for (int i = 0; i < writers.length; i++) {
        field(names[i], i, values[i], writers[i], to);
      }
      to.endGroup();
    };
  }

  /** Writes a field that may be NULL. */
  static void field(String name, int index, Object value, ValueWriter writer, RecordConsumer to) {
    if (value != null) {
      to.startField(name, index);
      writer.write(value, to);
      to.endField(name, index);
    }
  }
}
