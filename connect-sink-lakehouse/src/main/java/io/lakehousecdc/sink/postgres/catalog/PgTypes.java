// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.sql.SQLException;

/** The SQL types of columns that the sink creates. */
public final class PgTypes {
  /** PostgreSQL's greatest declarable precision of a numeric. */
  private static final int MAX_PRECISION = 1000;

  private PgTypes() {}

  /** Type for DDL of values of a logical type, exact. */
  public static String ddl(LogicalType type, Catalog catalog) throws SQLException {
    if (type instanceof Primitive primitive) {
      return primitive(primitive);
    }
    if (type instanceof Decimal decimal) {
      boolean declarable =
          decimal.precision() <= MAX_PRECISION
              && decimal.scale() >= 0
              && decimal.scale() <= decimal.precision();
      return declarable
          ? "numeric(" + decimal.precision() + "," + decimal.scale() + ")"
          : "numeric";
    }
    if (type instanceof Bits bits) {
      return bits.length() == Integer.MAX_VALUE ? "bit varying" : "bit(" + bits.length() + ")";
    }
    if (type instanceof Array array) {
      String element = ddl(array.element(), catalog);
      return element.endsWith("[]") ? element : element + "[]";
    }
    if (type instanceof MapOf) {
      return "jsonb";
    }
    return catalog.typeNamed(((Named) type).type()).orElse("text");
  }

  private static String primitive(Primitive type) {
    return switch (type) {
      case BOOLEAN -> "boolean";
      case INT16 -> "smallint";
      case INT32 -> "integer";
      case INT64 -> "bigint";
      case FLOAT32 -> "real";
      case FLOAT64 -> "double precision";
      case NUMERIC -> "numeric";
      case TEXT, UNTYPED -> "text";
      case BYTES -> "bytea";
      case JSON -> "jsonb";
      case UUID -> "uuid";
      case XML -> "xml";
      case DATE -> "date";
      case TIME -> "time";
      case TIMETZ -> "time with time zone";
      case TIMESTAMP -> "timestamp";
      case TIMESTAMPTZ -> "timestamp with time zone";
      case INTERVAL -> "interval";
    };
  }
}
