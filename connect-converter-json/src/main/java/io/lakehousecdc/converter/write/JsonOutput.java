// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * JSON in UTF-8 that is being written, in the form that Jackson's generator gives it by default: no
 * white space, surrogates as escapes. Not thread-safe.
 */
public final class JsonOutput {
  /** The longest number of type long, with its sign. */
  private static final int LONGEST_NUMBER = 20;

  /** What a character takes at most: an escape. */
  private static final int LONGEST_CHARACTER = 6;

  /** Characters that space for the longest is reserved for at a time: few of them are so long. */
  private static final int PIECE = 1 << 10;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[1024];
  private int length;

  /** Forgets what has been written. */
  public void clear() {
    length = 0;
  }

  /** Bytes that this object holds, written or not. */
  public int capacity() {
    return bytes.length;
  }

  /** A copy of what has been written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
    }
  }

  /** Appends JSON as it is. */
  public void raw(byte[] json) {
    reserve(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
  }

  /** Appends a character of ASCII that has a meaning in JSON. */
  public void raw(char character) {
    reserve(1);
    bytes[length++] = (byte) character;
  }

  void nothing() {
    raw(NULL);
  }

  void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  void integer(long value) {
    reserve(LONGEST_NUMBER);
    if (value < 0) {
      bytes[length++] = '-';
    }
    int digits = 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    }
    length += digits;
  }

  /** Appends a number, or another text that needs no escapes. */
  @SuppressWarnings("deprecation") // The bytes of ASCII without a copy.
  void ascii(String text) {
    int size = text.length();
    reserve(size);
    text.getBytes(0, size, bytes, length);
    length += size;
  }

  void base64(byte[] value) {
    raw('"');
    raw(Base64.getEncoder().encode(value));
    raw('"');
  }

  void string(String text) {
    int size = text.length();
    reserve(Math.addExact(size, 2));
    bytes[length++] = '"';
    int start = length;
    for (int i = 0; i < size; i++) {
      char next = text.charAt(i);
      if (next < ' ' || next == '"' || next == '\\' || next >= 0x80) {
        length = start + i;
        escaped(text, i);
        raw('"');
        return;
      }
      bytes[start + i] = (byte) next;
    }
    length = start + size;
    bytes[length++] = '"';
  }

  private void escaped(String text, int from) {
    int size = text.length();
    for (int start = from; start < size; start += PIECE) {
      int end = Math.min(size, start + PIECE);
      reserve((end - start) * LONGEST_CHARACTER);
      for (int i = start; i < end; i++) {
        character(text.charAt(i));
      }
    }
  }

  private void character(char next) {
    switch (next) {
      case '"' -> escape('"');
      case '\\' -> escape('\\');
      case '\b' -> escape('b');
      case '\t' -> escape('t');
      case '\n' -> escape('n');
      case '\f' -> escape('f');
      case '\r' -> escape('r');
      default -> {
        if (next < ' ' || Character.isSurrogate(next)) {
          escape('u');
          for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[next >> shift & 0xF];
          }
        } else {
          utf8(next);
        }
      }
    }
  }

  private void escape(char letter) {
    bytes[length++] = '\\';
    bytes[length++] = (byte) letter;
  }

  private void utf8(char next) {
    if (next < 0x80) {
      bytes[length++] = (byte) next;
    } else if (next < 0x800) {
      bytes[length++] = (byte) (0xC0 | next >> 6);
      bytes[length++] = (byte) (0x80 | next & 0x3F);
    } else {
      bytes[length++] = (byte) (0xE0 | next >> 12);
      bytes[length++] = (byte) (0x80 | next >> 6 & 0x3F);
      bytes[length++] = (byte) (0x80 | next & 0x3F);
    }
  }
}
