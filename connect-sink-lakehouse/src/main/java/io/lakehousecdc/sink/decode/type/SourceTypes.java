// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.debezium.data.Bits;
import io.debezium.data.Json;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;

/**
 * The types that depend on a schema's parameters: on those of the semantic type, or on those that
 * {@code column.propagate.source.type} and {@code datatype.propagate.source.type} add at the
 * source.
 */
public final class SourceTypes {
  private static final String TYPE = "__debezium.source.column.type";
  private static final String LENGTH = "__debezium.source.column.length";
  private static final String SCALE = "__debezium.source.column.scale";
  private static final String PRECISION = "connect.decimal.precision";

  /** Built-in types whose text PostgreSQL can parse; types of extensions stay text. */
  private static final Set<String> NAMED =
      Set.of(
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "int4range",
          "int8range",
          "numrange",
          "tsrange",
          "tstzrange",
          "daterange");

  private static final ColumnType JSON_TEXT = new ColumnType(new Named("json"), value -> value);

  /** Built-in types that Debezium sends as bytes of their text only. */
  private static final Set<String> NAMED_BY_BYTES =
      Set.of(
          "pg_lsn",
          "tsquery",
          "jsonpath",
          "xid8",
          "int4multirange",
          "int8multirange",
          "nummultirange",
          "tsmultirange",
          "tstzmultirange",
          "datemultirange");

  private SourceTypes() {}

  static ColumnType text(Schema schema) {
    String type = parameter(schema, TYPE).toLowerCase(Locale.ROOT);
    if (NAMED.contains(type)) {
      return new ColumnType(new Named(type), value -> value);
    }
    if (type.equals("numeric") || type.equals("decimal")) {
      return numericText(number(schema, LENGTH), number(schema, SCALE));
    }
    return new ColumnType(Primitive.TEXT, value -> value);
  }

  /** json keeps its text, which jsonb does not; without the source's type it may be either. */
  static ColumnType json(Schema schema) {
    return isOneOf(schema, "json") ? JSON_TEXT : new ColumnType(Primitive.JSON, value -> value);
  }

  /** The type of an array's elements, whose source type the array tells. */
  static ColumnType element(Schema array) {
    return isOneOf(array, "_json") && Json.LOGICAL_NAME.equals(array.valueSchema().name())
        ? JSON_TEXT
        : TypeTable.of(array.valueSchema());
  }

  /** bytea, or the text of a type that Debezium does not know (include.unknown.datatypes). */
  static ColumnType bytes(Schema schema) {
    String type = parameter(schema, TYPE).toLowerCase(Locale.ROOT);
    if (type.isEmpty() || type.equals("bytea")) {
      return new ColumnType(Primitive.BYTES, Scalars::bytes);
    }
    return new ColumnType(
        NAMED_BY_BYTES.contains(type) ? new Named(type) : Primitive.TEXT,
        value -> Scalars.text(Scalars.bytes(value)));
  }

  private static ColumnType numericText(OptionalInt precision, OptionalInt scale) {
    if (isPrecision(precision) && scale.isPresent()) {
      int digits = scale.getAsInt();
      return new ColumnType(
          new LogicalType.Decimal(precision.getAsInt(), digits),
          value -> Scalars.decimal((String) value, digits));
    }
    return new ColumnType(Primitive.NUMERIC, value -> Scalars.decimal((String) value));
  }

  static ColumnType decimal(Schema schema) {
    OptionalInt precision = number(schema, PRECISION);
    OptionalInt scale = number(schema, Decimal.SCALE_FIELD);
    return new ColumnType(
        isPrecision(precision) && scale.isPresent()
            ? new LogicalType.Decimal(precision.getAsInt(), scale.getAsInt())
            : Primitive.NUMERIC,
        value -> value);
  }

  static ColumnType bits(Schema schema) {
    String type = parameter(schema, TYPE).toLowerCase(Locale.ROOT);
    int length =
        type.equals("varbit") || type.equals("bit varying")
            ? Integer.MAX_VALUE
            : number(schema, Bits.LENGTH_FIELD).orElse(Integer.MAX_VALUE);
    return new ColumnType(
        new LogicalType.Bits(length), value -> Scalars.bits(Scalars.bytes(value), length));
  }

  /** Whether the schema names one of these types as the source's. */
  public static boolean isOneOf(Schema schema, String... types) {
    return List.of(types).contains(parameter(schema, TYPE).toLowerCase(Locale.ROOT));
  }

  /** PostgreSQL's greatest precision is 1000; a greater number means that there is none. */
  private static boolean isPrecision(OptionalInt precision) {
    return precision.isPresent() && precision.getAsInt() >= 1 && precision.getAsInt() <= 1_000;
  }

  private static String parameter(Schema schema, String name) {
    Map<String, String> parameters = schema.parameters();
    return parameters == null ? "" : parameters.getOrDefault(name, "");
  }

  private static OptionalInt number(Schema schema, String name) {
    String text = parameter(schema, name);
    return text.matches("-?\\d{1,9}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }
}
