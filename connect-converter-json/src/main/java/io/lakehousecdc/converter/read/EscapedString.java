// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

/**
 * A string of JSON that has escapes.
 *
 * @param text what it says
 * @param end index of the first byte behind its closing quotation mark
 */
record EscapedString(String text, int end) {
  /**
   * Reads the rest of a string.
   *
   * @param start index of its first byte, behind the quotation mark
   * @param backslash index of the first backslash in it
   */
  static EscapedString read(byte[] bytes, int start, int backslash) {
    return new Reader(bytes, start, backslash).read();
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    /** UTF-8. No escape is shorter than what it stands for. */
    private final byte[] text;

    private int length;

    Reader(byte[] bytes, int start, int backslash) {
      this.bytes = bytes;
      at = backslash;
      length = backslash - start;
      int longest = closing(bytes, backslash) - start;
      if (longest > JsonInput.MAX_STRING) {
        throw Unrecognized.input();
      }
      text = new byte[longest];
      System.arraycopy(bytes, start, text, 0, length);
    }

    private static int closing(byte[] bytes, int backslash) {
      int at = backslash;
      while (at < bytes.length && bytes[at] != '"') {
        at += bytes[at] == '\\' ? 2 : 1;
      }
      if (at >= bytes.length) {
        throw Unrecognized.input();
      }
      return at;
    }

    EscapedString read() {
      while (true) {
        byte next = bytes[at++];
        if (next == '"') {
          return new EscapedString(Utf8.text(text, 0, length, true), at);
        }
        if (next == '\\') {
          length = Utf8.append(escape(), text, length);
        } else if (next >= 0 && next < ' ') {
          throw Unrecognized.input();
        } else {
          text[length++] = next;
        }
      }
    }

    private int escape() {
      return switch (bytes[at++]) {
        case '"' -> '"';
        case '\\' -> '\\';
        case '/' -> '/';
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> unicode();
        default -> throw Unrecognized.input();
      };
    }

    /** Surrogates have to come in pairs. */
    private int unicode() {
      char first = hex();
      if (!Character.isSurrogate(first)) {
        return first;
      }
      if (bytes[at] == '\\' && bytes[at + 1] == 'u') {
        at += 2;
        char second = hex();
        if (Character.isSurrogatePair(first, second)) {
          return Character.toCodePoint(first, second);
        }
      }
      throw Unrecognized.input();
    }

    /** Ends at the closing quotation mark at the latest, which is no digit. */
    private char hex() {
      int value = 0;
      for (int i = 0; i < 4; i++) {
        byte next = bytes[at++];
        int digit = next < 0 ? -1 : Character.digit(next, 16);
        if (digit < 0) {
          throw Unrecognized.input();
        }
        value = value << 4 | digit;
      }
      return (char) value;
    }
  }
}
