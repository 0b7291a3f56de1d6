// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A cursor over JSON in UTF-8 (RFC 8259) that is read from left to right, without a tree. It knows
 * the forms that are read alike by everyone, and throws {@link Unrecognized} at all others, such as
 * numbers that do not fit, malformed UTF-8, or what {@code JsonConverter} takes beyond the
 * standard. Not thread-safe.
 */
public final class JsonInput {
  /** Longer numbers are left to {@code JsonConverter}, which limits their length. */
  private static final int MAX_NUMBER = 100;

  /** Larger exponents, too: some of them are beyond the decimal numbers that it goes by. */
  private static final int MAX_EXPONENT_DIGITS = 9;

  /** Longer strings are left to {@code JsonConverter}, too. */
  static final int MAX_STRING = 4_000_000;

  /** Longer names as well. */
  static final int MAX_NAME = 10_000;

  /** Numbers of so many digits fit into a long. */
  private static final int SAFE_DIGITS = 18;

  private final byte[] bytes;
  private int at;

  /**
   * @param from index of the first byte to read
   */
  public JsonInput(byte[] bytes, int from) {
    this.bytes = bytes;
    at = from;
  }

  /** Index of the next byte. */
  public int position() {
    return at;
  }

  /** The next byte behind white space, which stays the next one; 0 at the end. */
  byte peek() {
    while (at < bytes.length) {
      byte next = bytes[at];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
    return 0;
  }

  /** Goes past the next byte if it is this one. */
  boolean take(char expected) {
    if (peek() != expected) {
      return false;
    }
    at++;
    return true;
  }

  /** Goes past this byte, which has to be the next. */
  public void expect(char expected) {
    if (!take(expected)) {
      throw Unrecognized.input();
    }
  }

  /** Requires that nothing but white space is left. */
  public void expectEnd() {
    peek();
    if (at != bytes.length) {
      throw Unrecognized.input();
    }
  }

  /** Goes past a name and its colon if they are next, written exactly so; false if it is empty. */
  boolean takeName(byte[] quotedWithColon) {
    int end = at + quotedWithColon.length;
    if (end == at
        || end > bytes.length
        || !Arrays.equals(bytes, at, end, quotedWithColon, 0, quotedWithColon.length)) {
      return false;
    }
    at = end;
    return true;
  }

  /** The name of a member of an object; goes past its colon. */
  public String name() {
    String name = string();
    if (name.length() > MAX_NAME) {
      throw Unrecognized.input();
    }
    expect(':');
    return name;
  }

  /** Goes past {@code null} if that is next. */
  boolean takeNull() {
    if (peek() != 'n') {
      return false;
    }
    literal("null");
    return true;
  }

  boolean bool() {
    if (peek() == 't') {
      literal("true");
      return true;
    }
    literal("false");
    return false;
  }

  private void literal(String text) {
    int end = at + text.length();
    if (end > bytes.length) {
      throw Unrecognized.input();
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != text.charAt(i)) {
        throw Unrecognized.input();
      }
    }
    at = end;
  }

  /** A whole number without fraction or exponent, between the two bounds. */
  long integer(long min, long max) {
    boolean negative = peek() == '-';
    int start = negative ? at + 1 : at;
    int end = digits(start);
    if (isOpenEnded(end) || startsWithZero(start, end)) {
      throw Unrecognized.input();
    }
    long value = end - start <= SAFE_DIGITS ? value(start, end, negative) : parsed(at, end);
    if (value < min || value > max) {
      throw Unrecognized.input();
    }
    at = end;
    return value;
  }

  private long value(int start, int end, boolean negative) {
    long value = 0;
    for (int i = start; i < end; i++) {
      value = value * 10 + (bytes[i] - '0');
    }
    return negative ? -value : value;
  }

  private long parsed(int start, int end) {
    try {
      return Long.parseLong(latin(start, end));
    } catch (NumberFormatException e) {
      throw Unrecognized.input();
    }
  }

  /** Whether the next value is a number that {@link #integer} would not take for its form. */
  boolean isFractional() {
    int end = digits(peek() == '-' ? at + 1 : at);
    return isOpenEnded(end);
  }

  private boolean isOpenEnded(int end) {
    return end < bytes.length && (bytes[end] == '.' || bytes[end] == 'e' || bytes[end] == 'E');
  }

  /** Any number, as it is written. */
  String number() {
    int start = peek() == '-' ? at + 1 : at;
    int end = digits(start);
    if (startsWithZero(start, end)) {
      throw Unrecognized.input();
    }
    if (end < bytes.length && bytes[end] == '.') {
      end = digits(end + 1);
    }
    if (end < bytes.length && (bytes[end] == 'e' || bytes[end] == 'E')) {
      int exponent = end + 1;
      if (exponent < bytes.length && (bytes[exponent] == '-' || bytes[exponent] == '+')) {
        exponent++;
      }
      end = digits(exponent);
      if (end - exponent > MAX_EXPONENT_DIGITS) {
        throw Unrecognized.input();
      }
    }
    if (end - at > MAX_NUMBER) {
      throw Unrecognized.input();
    }
    String number = latin(at, end);
    at = end;
    return number;
  }

  /** The index behind the digits that begin here, of which there has to be one. */
  private int digits(int start) {
    int end = start;
    while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
      end++;
    }
    if (end == start) {
      throw Unrecognized.input();
    }
    return end;
  }

  private boolean startsWithZero(int start, int end) {
    return bytes[start] == '0' && end - start > 1;
  }

  private String latin(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** The bytes that a string holds in Base64 with padding and without line breaks (RFC 4648). */
  byte[] base64() {
    expect('"');
    int end = at;
    int last = Math.min(bytes.length, at + MAX_STRING);
    while (end < last && bytes[end] != '"') {
      end++;
    }
    if (end == last || (end - at) % 4 != 0) {
      throw Unrecognized.input();
    }
    byte[] text = Arrays.copyOfRange(bytes, at, end);
    at = end + 1;
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Unrecognized.input();
    }
  }

  String string() {
    expect('"');
    int allBits = 0;
    int last = Math.min(bytes.length, at + MAX_STRING);
    for (int i = at; i < last; i++) {
      byte next = bytes[i];
      if (next == '"') {
        String text = Utf8.text(bytes, at, i, allBits < 0);
        at = i + 1;
        return text;
      }
      if (next == '\\') {
        EscapedString escaped = EscapedString.read(bytes, at, i);
        at = escaped.end();
        return escaped.text();
      }
      if (next >= 0 && next < ' ') {
        throw Unrecognized.input();
      }
      allBits |= next;
    }
    throw Unrecognized.input();
  }
}
