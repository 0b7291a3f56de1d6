// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.decode.type.ColumnType.Conversion;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Schema.Type;

/**
 * A row of the {@link TypeTable}: one kind of Connect schema and its conversion.
 *
 * @param semantic schema name; null for a plain Connect type
 * @param connect Connect type that the row applies to
 * @param postgres PostgreSQL types and source settings that lead to it
 * @param logical logical type, as the documentation names it
 * @param note note for users; may be empty
 * @param columnType logical type and conversion of a schema of this kind
 */
public record TypeRow(
    String semantic,
    Type connect,
    String postgres,
    String logical,
    String note,
    Function<Schema, ColumnType> columnType) {

  static final Conversion AS_IS = value -> value;

  static TypeRow plain(
      Type connect, String postgres, Primitive type, String note, Conversion conversion) {
    return named(null, connect, postgres, type, note, conversion);
  }

  static TypeRow structured(
      String semantic, String postgres, Primitive type, Conversion conversion) {
    String source = postgres + ", time.precision.mode=structured (3.7)";
    return named(semantic, Type.STRUCT, source, type, "", conversion);
  }

  static TypeRow named(String semantic, Type connect, String postgres, LogicalType type) {
    return named(semantic, connect, postgres, type, "", AS_IS);
  }

  static TypeRow named(
      String semantic,
      Type connect,
      String postgres,
      LogicalType type,
      String note,
      Conversion conversion) {
    ColumnType columnType = new ColumnType(type, conversion);
    String logical = type instanceof Named name ? "NAMED(" + name.type() + ")" : type.toString();
    return new TypeRow(semantic, connect, postgres, logical, note, schema -> columnType);
  }
}
