// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/**
 * Converters that build nested values: lists, maps and structs of anything. Each hands its value to
 * a consumer when it is whole; values that are NULL are never handed over.
 */
final class ValueConverters {
  private ValueConverters() {}

  /**
   * @param resolution how fields of structs are found
   */
  static Converter of(Type stored, DataType type, Resolution resolution, Consumer<Object> to) {
    if (type instanceof ArrayType array) {
      return list(stored.asGroupType(), array, resolution, to);
    }
    if (type instanceof MapType map) {
      return map(stored.asGroupType(), map, resolution, to);
    }
    if (type instanceof StructType struct) {
      return struct(stored.asGroupType(), struct, resolution, to);
    }
    return new Scalar(ValueDecoder.of(stored.asPrimitiveType(), type), to);
  }

  /**
   * A list as the Parquet format lays it down, with a group of one field around each element; or,
   * as older writers wrote it, without.
   */
  private static Converter list(
      GroupType stored, ArrayType type, Resolution resolution, Consumer<Object> to) {
    Holder<List<Object>> list = new Holder<>();
    Type repeated = stored.getType(0);
    boolean wrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !(repeated.getName().equals("array")
                || repeated.getName().equals(stored.getName() + "_tuple"));
    Converter elements;
    if (wrapped) {
      Holder<Object> element = new Holder<>();
      Converter value =
          of(
              repeated.asGroupType().getType(0),
              type.getElementType(),
              resolution,
              one -> element.value = one);
      elements =
          new Group(
              List.of(value), () -> element.value = null, () -> list.value.add(element.value));
    } else {
      elements = of(repeated, type.getElementType(), resolution, one -> list.value.add(one));
    }
    return new Group(
        List.of(elements), () -> list.value = new ArrayList<>(), () -> to.accept(list.value));
  }

  private static Converter map(
      GroupType stored, MapType type, Resolution resolution, Consumer<Object> to) {
    Holder<Map<Object, Object>> map = new Holder<>();
    Holder<Object> key = new Holder<>();
    Holder<Object> value = new Holder<>();
    GroupType entry = stored.getType(0).asGroupType();
    Converter entries =
        new Group(
            List.of(
                of(entry.getType(0), type.getKeyType(), resolution, one -> key.value = one),
                of(entry.getType(1), type.getValueType(), resolution, one -> value.value = one)),
            () -> {
              key.value = null;
              value.value = null;
            },
            () -> map.value.put(key.value, value.value));
    return new Group(
        List.of(entries), () -> map.value = new LinkedHashMap<>(), () -> to.accept(map.value));
  }

  private static Converter struct(
      GroupType stored, StructType type, Resolution resolution, Consumer<Object> to) {
    Holder<Object[]> struct = new Holder<>();
    Object[] empty = new Object[type.length()];
    Converter[] converters = new Converter[stored.getFieldCount()];
    for (int i = 0; i < empty.length; i++) {
      int place = i;
      StructField field = type.at(i);
      resolution
          .find(stored, field)
          .ifPresent(
              found ->
                  converters[stored.getFieldIndex(found.getName())] =
                      of(found, field.getDataType(), resolution, one -> struct.value[place] = one));
    }
    for (int i = 0; i < converters.length; i++) {
      if (converters[i] == null) {
        throw new IllegalArgumentException("No field " + stored.getFieldName(i));
      }
    }
    return new Group(
        List.of(converters), () -> struct.value = empty.clone(), () -> to.accept(struct.value));
  }

  private static final class Holder<T> {
    private T value;
  }

  /** A group that does something when it begins and when it ends. */
  static final class Group extends GroupConverter {
    private final List<Converter> fields;
    private final Runnable begin;
    private final Runnable end;

    Group(List<Converter> fields, Runnable begin, Runnable end) {
      this.fields = fields;
      this.begin = begin;
      this.end = end;
    }

    @Override
    public Converter getConverter(int field) {
      return fields.get(field);
    }

    @Override
    public void start() {
      begin.run();
    }

    @Override
    public void end() {
      end.run();
    }
  }

  private static final class Scalar extends PrimitiveConverter {
    private final ValueDecoder decoder;
    private final Consumer<Object> to;

    Scalar(ValueDecoder decoder, Consumer<Object> to) {
      this.decoder = decoder;
      this.to = to;
    }

    @Override
    public void addBoolean(boolean value) {
      to.accept(value);
    }

    @Override
    public void addInt(int value) {
      to.accept(decoder.int32().apply(value));
    }

    @Override
    public void addLong(long value) {
      to.accept(decoder.int64().apply(value));
    }

    @Override
    public void addFloat(float value) {
      to.accept(decoder.float32().apply(value));
    }

    @Override
    public void addDouble(double value) {
      to.accept(value);
    }

    @Override
    public void addBinary(Binary value) {
      to.accept(decoder.binary().apply(value));
    }
  }
}
