// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/**
 * The type of a column, independent of how the source encodes it and how a target stores it. Each
 * type has one canonical Java class for its values; {@code null} is SQL NULL in all of them.
 */
public sealed interface LogicalType {

  /** Types without parameters, each with its canonical Java class. */
  enum Primitive implements LogicalType {
    /** {@link Boolean}. */
    BOOLEAN,
    /** {@link Short}. */
    INT16,
    /** {@link Integer}. */
    INT32,
    /** {@link Long}. */
    INT64,
    /** {@link Float}; NaN and infinities are values. */
    FLOAT32,
    /** {@link Double}; NaN and infinities are values. */
    FLOAT64,
    /** Decimal of any precision and scale: {@link java.math.BigDecimal}. */
    NUMERIC,
    /** {@link String}. */
    TEXT,
    /** {@code byte[]}, never modified after decoding. */
    BYTES,
    /** JSON text: {@link String}. */
    JSON,
    /** Text form of a UUID: {@link String}. */
    UUID,
    /** XML text: {@link String}. */
    XML,
    /**
     * Days since 1970-01-01, proleptic Gregorian: {@link Integer}; {@link Integer#MAX_VALUE} and
     * {@link Integer#MIN_VALUE} are positive and negative infinity.
     */
    DATE,
    /** Microseconds of the day, 0 to 86,400,000,000 (24:00) inclusive: {@link Long}. */
    TIME,
    /** ISO-8601 time with offset: {@link String}. */
    TIMETZ,
    /**
     * Microseconds since 1970-01-01T00:00:00 without time zone: {@link Long}; {@link
     * Long#MAX_VALUE} and {@link Long#MIN_VALUE} are positive and negative infinity.
     */
    TIMESTAMP,
    /** As {@link #TIMESTAMP}, counted from 1970-01-01T00:00:00Z: {@link Long}. */
    TIMESTAMPTZ,
    /**
     * ISO-8601 duration with years to seconds, such as {@code P1Y2M3DT4H5M6.7S}: {@link String}.
     */
    INTERVAL,
    /**
     * A value of schemaless JSON. The type of the target's column decides how it is stored: {@link
     * Boolean}, {@link Long}, {@link Double}, {@link String}, {@link java.util.List} or {@link
     * java.util.Map}.
     */
    UNTYPED
  }

  /**
   * Exact decimal of bounded precision: {@link java.math.BigDecimal} with exactly {@code scale}
   * fraction digits.
   */
  record Decimal(int precision, int scale) implements LogicalType {
    public Decimal {
      if (precision < 1 || scale < 0 && -scale > 100_000) {
        throw new IllegalArgumentException("Not a decimal: (" + precision + "," + scale + ")");
      }
    }
  }

  /**
   * Bit string: {@link String} of the characters 0 and 1, most significant bit first.
   *
   * @param length number of bits; {@link Integer#MAX_VALUE} for a varying length
   */
  record Bits(int length) implements LogicalType {}

  /** Array: {@link java.util.List} of canonical values of {@code element}, nulls allowed. */
  record Array(LogicalType element) implements LogicalType {}

  /** Map with text keys: {@link java.util.Map} to canonical values of {@code value}. */
  record MapOf(LogicalType value) implements LogicalType {}

  /**
   * Text form of a PostgreSQL type that this project does not model further, such as {@code inet},
   * {@code ltree}, {@code point} or {@code int4range}: {@link String} in the form that PostgreSQL
   * reads.
   *
   * @param type lower-case PostgreSQL type name
   */
  record Named(String type) implements LogicalType {}
}
