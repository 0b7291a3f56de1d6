// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.nio.ByteBuffer;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * Small numbers in the encoding that Parquet has for levels and for numbers of dictionaries: runs
 * of a repeated number, and of numbers packed bit by bit. Runs are passed over without a look at
 * each number, which parquet-java's decoder takes. Not thread-safe.
 *
 * @see <a
 *     href="https://github.com/apache/parquet-format/blob/master/Encodings.md#run-length-encoding--bit-packing-hybrid-rle--3">Parquet:
 *     RLE / bit-packing hybrid</a>
 */
final class HybridRuns {
  private final ByteBuffer encoded;
  private final int width;
  private final long mask;
  private int left;
  private boolean packed;
  private int repeated;
  private long bit;

  /**
   * @param encoded from the first run on
   * @param width bits of a number, up to 32
   * @throws ParquetDecodingException they are more
   */
  HybridRuns(ByteBuffer encoded, int width) {
    if (width > Integer.SIZE) {
      throw new ParquetDecodingException("There are no numbers of " + width + " bits");
    }
    this.encoded = encoded;
    this.width = width;
    this.mask = (1L << width) - 1;
  }

  /** The next number. */
  int next() {
    while (left == 0) {
      begin();
    }
    left--;
    return packed ? unpacked() : repeated;
  }

  /** Passes over numbers. */
  void skip(int count) {
    for (int skipped = 0; skipped < count; ) {
      int step = step(count - skipped);
      bit += (long) step * width;
      skipped += step;
    }
  }

  /** Passes over numbers. Returns their sum. */
  int sum(int count) {
    int sum = 0;
    for (int passed = 0; passed < count; ) {
      int step = step(count - passed);
      if (packed) {
        for (int i = 0; i < step; i++) {
          sum += unpacked();
        }
      } else {
        sum += step * repeated;
      }
      passed += step;
    }
    return sum;
  }

  /** Takes numbers from one run; how many, at most {@code most}. */
  private int step(int most) {
    if (left == 0) {
      begin();
    }
    int step = Math.min(most, left);
    left -= step;
    return step;
  }

  private void begin() {
    int header = header();
    packed = (header & 1) == 1;
    left = header >>> 1;
    if (packed) {
      int length = left * width;
      left *= Byte.SIZE;
      bit = (long) encoded.position() * Byte.SIZE;
      // The last run may lack the bytes of numbers that are not there.
      encoded.position(Math.min(encoded.limit(), encoded.position() + length));
    } else {
      repeated = 0;
      for (int shift = 0; shift < width; shift += Byte.SIZE) {
        repeated |= Byte.toUnsignedInt(encoded.get()) << shift;
      }
      if ((Integer.toUnsignedLong(repeated) & ~mask) != 0) {
        throw new ParquetDecodingException(
            "A run of numbers of " + width + " bits repeats " + repeated);
      }
    }
  }

  /** A number of seven bits a byte, the lowest first. */
  private int header() {
    int header = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = encoded.get();
      header |= (part & 0x7f) << shift;
      if (part >= 0) {
        return header;
      }
    }
  }

  private int unpacked() {
    int at = (int) (bit >>> 3);
    int shift = (int) (bit & 7);
    long bits = 0;
    for (int i = 0; i * Byte.SIZE < shift + width; i++) {
      bits |= Byte.toUnsignedLong(encoded.get(at + i)) << (i * Byte.SIZE);
    }
    bit += width;
    return (int) (bits >>> shift & mask);
  }
}
