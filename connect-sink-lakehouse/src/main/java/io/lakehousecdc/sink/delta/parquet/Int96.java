// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.io.api.Binary;

/**
 * Timestamps of Parquet's deprecated INT96: nanoseconds of the day in 8 bytes, then the Julian day
 * number in 4, little endian.
 */
final class Int96 {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;
  private static final int BYTES = 12;

  private Int96() {}

  /**
   * @param micros microseconds since 1970-01-01T00:00
   */
  static byte[] of(long micros) {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(Math.floorMod(micros, MICROS_PER_DAY) * 1000);
    buffer.putInt(Math.toIntExact(Math.floorDiv(micros, MICROS_PER_DAY) + JULIAN_DAY_OF_EPOCH));
    return buffer.array();
  }

  /** Microseconds since 1970-01-01T00:00; what is finer is cut off. */
  static long micros(Binary value) {
    ByteBuffer buffer = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long nanosOfDay = buffer.getLong();
    long day = buffer.getInt() - (long) JULIAN_DAY_OF_EPOCH;
    return day * MICROS_PER_DAY + Math.floorDiv(nanosOfDay, 1000L);
  }
}
