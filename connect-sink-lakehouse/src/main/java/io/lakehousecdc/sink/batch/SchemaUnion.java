// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Merges the row schemas that meet in one batch, and aligns rows to the result. Stateless. */
final class SchemaUnion {
  private SchemaUnion() {}

  /**
   * The schema that rows of both can be aligned to: the columns of {@code a}, then those that only
   * {@code b} has, each in the wider of two types.
   *
   * @return empty where the keys differ or a column's types have no common wider type
   */
  static Optional<RowSchema> of(RowSchema a, RowSchema b) {
    if (a == b || a.equals(b)) {
      return Optional.of(a);
    }
    if (!keyNames(a).equals(keyNames(b))) {
      return Optional.empty();
    }
    List<Column> columns = new ArrayList<>(a.size());
    for (Column left : a.columns()) {
      int index = b.indexOf(left.name());
      if (index < 0) {
        columns.add(optional(left));
        continue;
      }
      Column right = b.column(index);
      LogicalType wide = SchemaPlanner.widest(left.type(), right.type());
      if (wide == null) {
        return Optional.empty();
      }
      columns.add(new Column(left.name(), wide, left.optional() || right.optional()));
    }
    for (Column right : b.columns()) {
      if (a.indexOf(right.name()) < 0) {
        columns.add(optional(right));
      }
    }
    RowSchema union = new RowSchema(columns, a.keyColumns());
    return Optional.of(union.equals(a) ? a : union);
  }

  /** Cells of a row of {@code from}, in the order and types of {@code union}. */
  static Object[] align(Object[] cells, RowSchema from, RowSchema union) {
    if (cells == null || from == union) {
      return cells;
    }
    Object[] aligned = new Object[union.size()];
    for (int i = 0; i < aligned.length; i++) {
      Column column = union.column(i);
      int index = from.indexOf(column.name());
      aligned[i] =
          index < 0 ? Cell.ABSENT : widen(cells[index], from.column(index).type(), column.type());
    }
    return aligned;
  }

  private static Object widen(Object value, LogicalType from, LogicalType to) {
    if (value == null || !Cell.isKnown(value) || from.equals(to)) {
      return value;
    }
    if (to == Primitive.INT32) {
      return ((Number) value).intValue();
    }
    if (to == Primitive.INT64) {
      return ((Number) value).longValue();
    }
    if (to == Primitive.FLOAT64) {
      return ((Number) value).doubleValue();
    }
    if (to instanceof Decimal decimal) {
      return ((BigDecimal) value).setScale(decimal.scale());
    }
    return value;
  }

  private static Column optional(Column column) {
    return column.optional() ? column : new Column(column.name(), column.type(), true);
  }

  private static List<String> keyNames(RowSchema schema) {
    return schema.keyColumns().stream().map(index -> schema.column(index).name()).toList();
  }
}
