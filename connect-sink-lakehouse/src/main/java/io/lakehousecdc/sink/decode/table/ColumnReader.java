// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.decode.type.ColumnType;
import io.lakehousecdc.sink.decode.type.DecodeException;
import io.lakehousecdc.sink.decode.type.Untyped;

/** The reader of one column's canonical value in a Struct or Map. Compiled once per layout. */
final class ColumnReader {
  private final Column column;
  private final Member member;
  private final ColumnType.Conversion conversion;
  private final Placeholders placeholders;

  private ColumnReader(
      Column column, Member member, ColumnType.Conversion conversion, Placeholders placeholders) {
    this.column = column;
    this.member = member;
    this.conversion = conversion;
    this.placeholders = placeholders;
  }

  /** Reader of a column whose values may be {@link Cell#UNCHANGED}. */
  static ColumnReader of(Layout layout, String name, Placeholders placeholders) {
    ColumnType type = layout.type(name);
    return new ColumnReader(
        new Column(name, type.type(), layout.isOptional(name)),
        layout.member(name),
        type.conversion(),
        placeholders);
  }

  /**
   * Reader of a key column. Key values are never out of line, so one that equals the placeholder is
   * a real value.
   */
  static ColumnReader ofKey(Layout layout, String name) {
    return of(layout, name, null);
  }

  /** Reader of the same values as another type, for a schemaless key of a typed row. */
  ColumnReader as(Column other) {
    return new ColumnReader(
        other,
        member,
        value -> Untyped.as(other.type(), conversion.canonical(value)),
        placeholders);
  }

  Column column() {
    return column;
  }

  /**
   * Reads the column.
   *
   * @return canonical value, null, or {@link Cell#UNCHANGED}
   * @throws DecodeException with the column's name, if the value cannot be stored exactly
   */
  Object read(Object container) {
    Object value = member.of(container);
    if (value == null) {
      return null;
    }
    if (placeholders != null && placeholders.matches(value)) {
      return Cell.UNCHANGED;
    }
    try {
      return conversion.canonical(value);
    } catch (DecodeException e) {
      throw e.at("Column " + column.name());
    }
  }
}
