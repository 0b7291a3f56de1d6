// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * The bytes of lists of values, written so that different lists give different bytes: each value
 * says how long it is, NULL included. Integers of any width are written alike, so that a widened
 * column keeps its keys, and decimals by their number, not their scale. Grows as needed; used again
 * and again by one thread.
 */
final class CanonicalBytes {
  private static final byte NULL = 0;
  private static final byte PRESENT = 1;
  private static final byte NUMBER = 2;

  private byte[] bytes = new byte[64];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  void add(Object value) {
    if (value == null) {
      addByte(NULL);
      return;
    }
    addByte(PRESENT);
    if (value instanceof String text) {
      addSized(text.getBytes(UTF_8));
    } else if (value instanceof byte[] binary) {
      addSized(binary);
    } else if (value instanceof BigDecimal number) {
      addDecimal(number);
    } else {
      addLong(FixedBits.of(value));
    }
  }

  /** As {@link #add}, of a text that stands for a number: 1.0 and 1.00 are written alike. */
  void addNumber(Object text) {
    BigDecimal number;
    try {
      number = text == null ? null : new BigDecimal(text.toString());
    } catch (NumberFormatException e) {
      // Another program's text, which no number equals.
      number = null;
    }
    if (number == null) {
      add(text);
    } else {
      addByte(NUMBER);
      addDecimal(number);
    }
  }

  private void addDecimal(BigDecimal number) {
    BigDecimal shortest = number.stripTrailingZeros();
    addLong(shortest.scale());
    addSized(shortest.unscaledValue().toByteArray());
  }

  private void addSized(byte[] content) {
    addLong(content.length);
    reserve(content.length);
    System.arraycopy(content, 0, bytes, length, content.length);
    length += content.length;
  }

  private void addLong(long value) {
    reserve(Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[length++] = (byte) (value >>> 8 * i);
    }
  }

  private void addByte(byte value) {
    reserve(1);
    bytes[length++] = value;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
