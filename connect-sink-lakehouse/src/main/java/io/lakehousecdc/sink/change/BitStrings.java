// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/** The conversion of Debezium's bits ({@code io.debezium.data.Bits}) to text. Stateless. */
public final class BitStrings {
  private BitStrings() {}

  /**
   * The lowest {@code length} bits of little-endian bytes, most significant bit first. For a
   * varying length these are the significant bits, because Debezium drops leading zeros.
   *
   * @param length number of bits; {@link Integer#MAX_VALUE} for a varying one
   * @throws IllegalArgumentException there are more bits; the message holds no value
   */
  public static String of(byte[] bytes, int length) {
    int significant = significantBits(bytes);
    if (length != Integer.MAX_VALUE && significant > length) {
      throw new IllegalArgumentException(
          "%d bits do not fit into %d".formatted(significant, length));
    }
    int size = length == Integer.MAX_VALUE ? significant : length;
    char[] text = new char[size];
    for (int bit = 0; bit < size; bit++) {
      boolean set = bit < bytes.length * 8 && (bytes[bit >> 3] >> (bit & 7) & 1) != 0;
      text[size - 1 - bit] = set ? '1' : '0';
    }
    return new String(text);
  }

  private static int significantBits(byte[] bytes) {
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] != 0) {
        return i * 8 + 32 - Integer.numberOfLeadingZeros(bytes[i] & 0xff);
      }
    }
    return 0;
  }
}
