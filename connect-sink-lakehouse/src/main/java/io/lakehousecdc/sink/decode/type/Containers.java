// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;

/** Conversions of arrays, maps and other types that contain types. */
final class Containers {
  private static final Pattern JAVA_IDENTITY = Pattern.compile("\\[L[\\w.$]+;@[0-9a-f]+");

  private Containers() {}

  static ColumnType array(Schema schema) {
    ColumnType element = SourceTypes.element(schema);
    ColumnType.Conversion conversion =
        element.type() == Primitive.TEXT
            ? value -> element.conversion().canonical(withoutIdentity(value))
            : element.conversion();
    return new ColumnType(new LogicalType.Array(element.type()), value -> list(value, conversion));
  }

  /**
   * Debezium writes the inner arrays of a text array of several dimensions as Java names them, such
   * as {@code [Ljava.lang.String;@7f56429b} (recorded with 3.7.0).
   */
  private static Object withoutIdentity(Object value) {
    if (value instanceof String text
        && text.startsWith("[L")
        && JAVA_IDENTITY.matcher(text).matches()) {
      throw new DecodeException(
          "The array has several dimensions, of which the source has lost the values. Store it at"
              + " the source as json, or leave the column out with column.exclude.list.");
    }
    return value;
  }

  static ColumnType map(Schema schema) {
    if (schema.keySchema().type() != Schema.Type.STRING) {
      return new ColumnType(Primitive.JSON, value -> ConnectJson.text(schema, value));
    }
    ColumnType element = TypeTable.of(schema.valueSchema());
    return new ColumnType(
        new LogicalType.MapOf(element.type()), value -> map(value, element.conversion()));
  }

  private static Object list(Object value, ColumnType.Conversion element) {
    List<?> list = (List<?>) value;
    List<Object> canonical = new ArrayList<>(list.size());
    for (Object each : list) {
      canonical.add(each == null ? null : element.canonical(each));
    }
    return canonical;
  }

  private static Object map(Object value, ColumnType.Conversion element) {
    Map<Object, Object> canonical = new LinkedHashMap<>();
    ((Map<?, ?>) value)
        .forEach((key, each) -> canonical.put(key, each == null ? null : element.canonical(each)));
    return canonical;
  }
}
