// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.mapType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.Type.Repetition.OPTIONAL;
import static org.apache.parquet.schema.Type.Repetition.REQUIRED;
import static org.apache.parquet.schema.Types.primitive;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
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
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Parquet types of Delta columns, as the Delta protocol and the Parquet format name them. */
final class ParquetTypes {
  static final int MAX_DIGITS_OF_INT32 = 9;
  static final int MAX_DIGITS_OF_INT64 = 18;

  private ParquetTypes() {}

  /** Schema of files with these columns. */
  static MessageType schema(List<DeltaColumn> columns, Encoding encoding) {
    List<Type> fields = new ArrayList<>();
    for (DeltaColumn column : columns) {
      Type type =
          type(
              column.physicalName(),
              column.type(),
              column.nullable() ? OPTIONAL : REQUIRED,
              encoding);
      fields.add(column.fieldId().isPresent() ? type.withId(column.fieldId().getAsInt()) : type);
    }
    return new MessageType("row", fields);
  }

  /** Least number of bytes that every unscaled decimal of so many digits fits. */
  static int bytesOfDecimal(int precision) {
    return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / Byte.SIZE + 1;
  }

  private static Type type(String name, DataType type, Repetition repetition, Encoding encoding) {
    if (type instanceof ArrayType array) {
      Type element =
          type(
              "element",
              array.getElementType(),
              array.containsNull() ? OPTIONAL : REQUIRED,
              encoding);
      return Types.buildGroup(repetition)
          .as(listType())
          .addField(Types.repeatedGroup().addField(element).named("list"))
          .named(name);
    }
    if (type instanceof MapType map) {
      Type key = type("key", map.getKeyType(), REQUIRED, encoding);
      Type value =
          type(
              "value",
              map.getValueType(),
              map.isValueContainsNull() ? OPTIONAL : REQUIRED,
              encoding);
      return Types.buildGroup(repetition)
          .as(mapType())
          .addField(Types.repeatedGroup().addFields(key, value).named("key_value"))
          .named(name);
    }
    if (type instanceof StructType struct) {
      List<Type> fields = struct.fields().stream().map(field -> field(field, encoding)).toList();
      return new GroupType(repetition, name, fields);
    }
    return scalar(name, type, repetition, encoding);
  }

  private static Type field(StructField field, Encoding encoding) {
    Type type =
        type(
            field.getName(),
            field.getDataType(),
            field.isNullable() ? OPTIONAL : REQUIRED,
            encoding);
    OptionalInt id = Resolution.id(field);
    return id.isPresent() ? type.withId(id.getAsInt()) : type;
  }

  private static Type scalar(String name, DataType type, Repetition repetition, Encoding encoding) {
    if (type instanceof BooleanType) {
      return primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
    }
    if (type instanceof ByteType || type instanceof ShortType) {
      int bits = type instanceof ByteType ? Byte.SIZE : Short.SIZE;
      return primitive(PrimitiveTypeName.INT32, repetition).as(intType(bits, true)).named(name);
    }
    if (type instanceof IntegerType) {
      return primitive(PrimitiveTypeName.INT32, repetition).named(name);
    }
    if (type instanceof LongType) {
      return primitive(PrimitiveTypeName.INT64, repetition).named(name);
    }
    if (type instanceof FloatType) {
      return primitive(PrimitiveTypeName.FLOAT, repetition).named(name);
    }
    if (type instanceof DoubleType) {
      return primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
    }
    if (type instanceof StringType) {
      return primitive(PrimitiveTypeName.BINARY, repetition).as(stringType()).named(name);
    }
    if (type instanceof BinaryType) {
      return primitive(PrimitiveTypeName.BINARY, repetition).named(name);
    }
    if (type instanceof DateType) {
      return primitive(PrimitiveTypeName.INT32, repetition).as(dateType()).named(name);
    }
    if (type instanceof TimestampType && encoding == Encoding.LEGACY) {
      return primitive(PrimitiveTypeName.INT96, repetition).named(name);
    }
    if (type instanceof TimestampType || type instanceof TimestampNTZType) {
      return primitive(PrimitiveTypeName.INT64, repetition)
          .as(timestampType(type instanceof TimestampType, TimeUnit.MICROS))
          .named(name);
    }
    if (type instanceof DecimalType decimal) {
      return decimal(name, decimal, repetition, encoding);
    }
    throw new IllegalArgumentException("Column " + name + " has a type not supported: " + type);
  }

  private static Type decimal(
      String name, DecimalType type, Repetition repetition, Encoding encoding) {
    int precision = type.getPrecision();
    var annotation = decimalType(type.getScale(), precision);
    if (encoding == Encoding.LEGACY || precision > MAX_DIGITS_OF_INT64) {
      return primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
          .length(bytesOfDecimal(precision))
          .as(annotation)
          .named(name);
    }
    PrimitiveTypeName integer =
        precision <= MAX_DIGITS_OF_INT32 ? PrimitiveTypeName.INT32 : PrimitiveTypeName.INT64;
    return primitive(integer, repetition).as(annotation).named(name);
  }
}
