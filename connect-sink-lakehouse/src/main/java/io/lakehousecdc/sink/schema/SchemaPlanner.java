// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Plans the schema changes that a stored table needs before rows of a given schema can be written
 * to it. It adds columns, widens types and allows NULL; it never drops, renames or narrows a
 * column. Immutable.
 */
public final class SchemaPlanner {
  private final BiPredicate<LogicalType, LogicalType> storesExactly;

  /**
   * A planner for one kind of target.
   *
   * @param storesExactly the target's rule: whether a column of the second type stores values of
   *     the first type without loss, or refuses single values that do not fit
   */
  public SchemaPlanner(BiPredicate<LogicalType, LogicalType> storesExactly) {
    this.storesExactly = storesExactly;
  }

  /**
   * The changes after which rows of {@code schema} can be written to a table with the given
   * columns.
   *
   * @throws IncompatibleColumnException a column can neither store the incoming type nor be widened
   *     to it
   */
  public List<SchemaChange> plan(RowSchema schema, List<StoredColumn> stored) {
    Map<String, StoredColumn> byName = new HashMap<>();
    stored.forEach(column -> byName.put(column.name(), column));
    List<SchemaChange> changes = new ArrayList<>();
    for (Column column : schema.columns()) {
      StoredColumn present = byName.remove(column.name());
      if (present == null) {
        changes.add(new SchemaChange.AddColumn(new Column(column.name(), column.type(), true)));
        continue;
      }
      LogicalType wide = widened(column, present);
      if (!wide.equals(present.type())) {
        changes.add(new SchemaChange.WidenColumn(column.name(), present.type(), wide));
      }
      if (column.optional() && !present.optional() && !present.defaulted()) {
        changes.add(new SchemaChange.RelaxNotNull(column.name()));
      }
    }
    for (StoredColumn missing : byName.values()) {
      if (!missing.optional() && !missing.defaulted()) {
        changes.add(new SchemaChange.RelaxNotNull(missing.name()));
      }
    }
    return changes;
  }

  private LogicalType widened(Column incoming, StoredColumn present) {
    LogicalType from = present.type();
    LogicalType to = incoming.type();
    LogicalType wide = widest(from, to);
    if (wide != null) {
      return wide;
    }
    if (storesExactly.test(to, from)) {
      return from;
    }
    throw new IncompatibleColumnException(incoming.name(), to, from);
  }

  /**
   * The narrowest type of the same kind that holds all values of both types; null if there is none.
   */
  public static LogicalType widest(LogicalType a, LogicalType b) {
    if (a.equals(b)) {
      return a;
    }
    int integerA = integerRank(a);
    int integerB = integerRank(b);
    if (integerA > 0 && integerB > 0) {
      return integerA > integerB ? a : b;
    }
    if (isFloat(a) && isFloat(b)) {
      return Primitive.FLOAT64;
    }
    if (a instanceof Decimal x && b instanceof Decimal y) {
      int scale = Math.max(x.scale(), y.scale());
      int integral = Math.max(x.precision() - x.scale(), y.precision() - y.scale());
      return new Decimal(integral + scale, scale);
    }
    if (isDecimal(a) && isDecimal(b)) {
      return Primitive.NUMERIC;
    }
    if (a instanceof Array x && b instanceof Array y) {
      LogicalType element = widest(x.element(), y.element());
      return element == null ? null : new Array(element);
    }
    return null;
  }

  private static int integerRank(LogicalType type) {
    if (!(type instanceof Primitive primitive)) {
      return 0;
    }
    return switch (primitive) {
      case INT16 -> 1;
      case INT32 -> 2;
      case INT64 -> 3;
      default -> 0;
    };
  }

  private static boolean isFloat(LogicalType type) {
    return type == Primitive.FLOAT32 || type == Primitive.FLOAT64;
  }

  private static boolean isDecimal(LogicalType type) {
    return type == Primitive.NUMERIC || type instanceof Decimal;
  }
}
