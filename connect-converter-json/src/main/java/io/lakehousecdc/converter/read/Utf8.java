// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import java.nio.charset.StandardCharsets;

/** UTF-8 (RFC 3629), of which only the well-formed is recognised. */
final class Utf8 {
  /** What the JDK's decoder puts in place of malformed bytes, of which readers of JSON differ. */
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /**
   * The text of some bytes.
   *
   * @param isWide whether there may be bytes that are not ASCII
   */
  static String text(byte[] utf8, int start, int end, boolean isWide) {
    String text = new String(utf8, start, end - start, StandardCharsets.UTF_8);
    if (isWide && text.indexOf(REPLACEMENT) >= 0) {
      throw Unrecognized.input();
    }
    return text;
  }

  /** Appends a character that is no surrogate; returns the new length of the text. */
  static int append(int character, byte[] text, int length) {
    if (character < 0x80) {
      text[length] = (byte) character;
      return length + 1;
    }
    if (character < 0x800) {
      text[length] = (byte) (0xC0 | character >> 6);
      return continued(character, 0, text, length + 1);
    }
    if (character < 0x10000) {
      text[length] = (byte) (0xE0 | character >> 12);
      return continued(character, 6, text, length + 1);
    }
    text[length] = (byte) (0xF0 | character >> 18);
    return continued(character, 12, text, length + 1);
  }

  private static int continued(int character, int shift, byte[] text, int length) {
    int end = length;
    for (int left = shift; left >= 0; left -= 6) {
      text[end++] = (byte) (0x80 | character >> left & 0x3F);
    }
    return end;
  }
}
