// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;

/**
 * A type as the catalogue knows it; a domain is represented by its base type.
 *
 * @param oid of the base type
 * @param name {@code pg_type.typname} of the base type
 * @param sql name for casts, without a type modifier: a cast with one would cut values in silence
 *     where an assignment refuses them
 * @param modifier {@code atttypmod}, or -1
 * @param element element type of an array; null for others
 */
public record PgType(int oid, String name, String sql, int modifier, PgType element) {
  private static final int HEADER = 4;

  /** Logical type nearest to this one. */
  public LogicalType logical() {
    if (element != null) {
      return new Array(element.logical());
    }
    return switch (name) {
      case "bool" -> Primitive.BOOLEAN;
      case "int2" -> Primitive.INT16;
      case "int4" -> Primitive.INT32;
      case "int8" -> Primitive.INT64;
      case "float4" -> Primitive.FLOAT32;
      case "float8" -> Primitive.FLOAT64;
      case "numeric" ->
          modifier < 0 || scale() < 0 ? Primitive.NUMERIC : new Decimal(precision(), scale());
      case "text", "varchar", "bpchar", "name" -> Primitive.TEXT;
      case "bytea" -> Primitive.BYTES;
      case "json", "jsonb" -> Primitive.JSON;
      case "uuid" -> Primitive.UUID;
      case "xml" -> Primitive.XML;
      case "date" -> Primitive.DATE;
      case "time" -> Primitive.TIME;
      case "timetz" -> Primitive.TIMETZ;
      case "timestamp" -> Primitive.TIMESTAMP;
      case "timestamptz" -> Primitive.TIMESTAMPTZ;
      case "interval" -> Primitive.INTERVAL;
      case "bit" -> new Bits(modifier < 0 ? 1 : modifier);
      case "varbit" -> new Bits(Integer.MAX_VALUE);
      case "hstore" -> new MapOf(Primitive.TEXT);
      default -> new Named(name);
    };
  }

  /** Whether a numeric has a declared precision. */
  public boolean bounded() {
    return modifier >= HEADER;
  }

  /** Declared precision of a bounded numeric. */
  public int precision() {
    return modifier - HEADER >> 16 & 0xFFFF;
  }

  /** Declared scale of a bounded numeric: eleven bits, signed since PostgreSQL 15. */
  public int scale() {
    return ((modifier - HEADER & 0x7FF) ^ 1024) - 1024;
  }

  /** Greatest number of characters of a varchar or char; {@link Integer#MAX_VALUE} if unbounded. */
  public int maxCharacters() {
    boolean declared = (name.equals("varchar") || name.equals("bpchar")) && modifier >= HEADER;
    return declared ? modifier - HEADER : Integer.MAX_VALUE;
  }

  /**
   * Fraction digits of the seconds of a time, timestamp or interval. An interval's modifier has the
   * fields that it keeps in its upper half, and all bits set below where no precision is declared.
   */
  public int secondsPrecision() {
    int declared = modifier & 0xFFFF;
    return modifier < 0 || declared == 0xFFFF ? 6 : declared;
  }
}
