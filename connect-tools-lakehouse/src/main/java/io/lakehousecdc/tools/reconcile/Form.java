// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** The forms in which values are compared, one hash function each. */
enum Form {
  /** A 64-bit integer; also microseconds of an interval. */
  /* The server folds both halves of the number before it hashes it, so that -1 and 4294967295 have one
   * hash: the upper half goes into the seed's. */
  WHOLE("hashint8extended(%1$s, (%1$s & -4294967296) # %2$s)", "(%s)::text"),

  /** A decimal number; zeros at its ends do not count. */
  /* The server leaves the sign out: negative numbers have a seed of their own. */
  NUMBER(
      "CASE WHEN %1$s = 'NaN' THEN %4$s"
          + " ELSE hash_numeric_extended(%1$s, CASE WHEN %1$s < 0 THEN %3$s ELSE %2$s END) END",
      "trim_scale(%s)::text"),

  /** A timestamp without time zone, in UTC where it was one with. */
  INSTANT(
      "timestamp_hash_extended(%1$s, %2$s)",
      "CASE WHEN isfinite(%1$s) THEN (extract(epoch FROM date_trunc('second', %1$s))::int8 * 1000000"
          + " + extract(microseconds FROM %1$s)::int8 %% 1000000)::text ELSE (%1$s)::text END"),

  /** A 64-bit floating point number. */
  FLOAT(
      "hashfloat8extended(%1$s, %2$s)",
      "encode(float8send(CASE WHEN %1$s = 0 THEN 0 ELSE %1$s END), 'hex')"),

  /** A text, byte by byte. */
  TEXT("hashtextextended(%1$s, %2$s)", "%s");

  /** Microseconds from 1970 to 2000, where PostgreSQL counts from. */
  static final long EPOCH_MICROS = 946_684_800_000_000L;

  private static final long UPPER_HALF = 0xFFFF_FFFF_0000_0000L;

  private final String hash;
  private final String text;

  Form(String hash, String text) {
    this.hash = hash;
    this.text = text;
  }

  /** SQL of the hash of an expression; NULL where that is. */
  String hashSql(String expression, long seed) {
    return hash.formatted(expression, sql(seed), sql(Seeds.negative(seed)), sql(Seeds.nan(seed)));
  }

  private static String sql(long seed) {
    return "(" + seed + ")::int8";
  }

  /** SQL of the text of an expression, equal if and only if the values are. */
  String textSql(String expression) {
    return text.formatted(expression);
  }

  /**
   * Hash of a value that is not null.
   *
   * @param value a {@link Long}, for an instant in microseconds since 1970; a {@link BigDecimal}; a
   *     {@link Double}; a {@link String}
   */
  long hash(Object value, long seed) {
    return switch (this) {
      case WHOLE -> ServerHash.ofLong((Long) value, (Long) value & UPPER_HALF ^ seed);
      case NUMBER -> {
        BigDecimal number = (BigDecimal) value;
        yield ServerHash.ofDecimal(number, number.signum() < 0 ? Seeds.negative(seed) : seed);
      }
      case INSTANT -> ServerHash.ofLong((Long) value - EPOCH_MICROS, seed);
      case FLOAT -> ServerHash.ofDouble((Double) value, seed);
      case TEXT -> ServerHash.ofText((String) value, seed);
    };
  }

  /** Text of such a value as {@link #textSql} gives it. */
  String text(Object value) {
    return switch (this) {
      case FLOAT -> bits((Double) value);
      case NUMBER -> plain((BigDecimal) value);
      case WHOLE, INSTANT, TEXT -> value.toString();
    };
  }

  private static String bits(double value) {
    return HexFormat.of().toHexDigits(Double.doubleToLongBits(value == 0 ? 0 : value));
  }

  /** As PostgreSQL writes it, without zeros at its end. */
  static String plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0).toPlainString() : stripped.toPlainString();
  }

  /** What people are shown of such a text. */
  String readable(String text) {
    return switch (this) {
      case FLOAT -> Double.toString(Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(text)));
      case INSTANT -> text.endsWith("infinity") ? text : time(text).toString();
      case WHOLE, NUMBER, TEXT -> text;
    };
  }

  /** Time that the text of an instant tells. */
  static LocalDateTime time(String text) {
    long micros = Long.parseLong(text);
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1_000,
        ZoneOffset.UTC);
  }
}
