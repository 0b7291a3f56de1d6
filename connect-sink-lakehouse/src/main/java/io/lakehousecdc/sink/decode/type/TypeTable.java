// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Schema.Type;

/**
 * The table of types: the logical type of each kind of Connect schema, and the conversion of its
 * values. A schema is looked up by its semantic name, then by its Connect type, so that an unknown
 * name is read as its plain type. {@code docs/TYPES.md} is generated from {@link #rows}.
 *
 * @see <a
 *     href="https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types">Debezium:
 *     data types of the PostgreSQL connector</a>
 */
public final class TypeTable {
  private static final Map<String, TypeRow> BY_NAME =
      Stream.concat(SemanticTypes.ROWS.stream(), TemporalTypes.ROWS.stream())
          .collect(Collectors.toMap(TypeRow::semantic, Function.identity()));

  private static final Map<Type, TypeRow> BY_TYPE =
      PlainTypes.ROWS.stream().collect(Collectors.toMap(TypeRow::connect, Function.identity()));

  private TypeTable() {}

  /** All rows: plain Connect types first. */
  static List<TypeRow> rows() {
    return Stream.of(PlainTypes.ROWS, SemanticTypes.ROWS, TemporalTypes.ROWS)
        .flatMap(List::stream)
        .toList();
  }

  public static ColumnType of(Schema schema) {
    TypeRow row = schema.name() == null ? null : BY_NAME.get(schema.name());
    if (row == null || row.connect() != schema.type()) {
      row = BY_TYPE.get(schema.type());
    }
    return row.columnType().apply(schema);
  }
}
