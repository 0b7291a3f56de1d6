// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

/**
 * An amount of memory or storage, so that a number of bytes is not mistaken for a number of records
 * or milliseconds. Immutable.
 *
 * @param bytes at least 0
 */
public record DataSize(long bytes) implements Comparable<DataSize> {

  /**
   * @throws IllegalArgumentException {@code bytes} is negative
   */
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("A size cannot be negative: " + bytes + " bytes");
    }
  }

  /** So many bytes. */
  public static DataSize ofBytes(long bytes) {
    return new DataSize(bytes);
  }

  /**
   * So many times 1,048,576 bytes.
   *
   * @throws ArithmeticException there are more bytes than a long can count
   */
  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return bytes + " bytes";
  }
}
