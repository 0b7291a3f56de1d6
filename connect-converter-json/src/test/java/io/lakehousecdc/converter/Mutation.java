// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Changes messages, some so that they stay valid JSON. */
final class Mutation {
  private static final String[] VALUES = {
    "null",
    "true",
    "0",
    "-0",
    "-0.0",
    "007",
    "1.0",
    "1e3",
    "-1E-400",
    "1e400",
    "1e2147483647",
    "1e2147483648",
    "-1e9999999999",
    "0e-9999999999",
    "16777217",
    "1.00000005960464477539062500000001",
    "1e-46",
    "\"AAAA\\n\"",
    "\"QQ==QQ==\"",
    "\"====\"",
    "\"NaN\"",
    "[[]]",
    "[{}]",
    "[[1,2]]",
    "{\"a\":null}",
    "{\"a\":{\"a\":1}}",
    "\"\\ude00\\ud83d\"",
    "\"\\uD83D\\uDE0\"",
    "\"\\u0000\"",
    "\"\u007F\u0085\uFFFE\"",
    "300",
    "-129",
    "2147483648",
    "9223372036854775808",
    "-9223372036854775808",
    "1234567890123456789012345",
    "0.1000",
    "\"\"",
    "\"text\"",
    "\"QQ==\"",
    "\"QQ\"",
    "\"QR==\"",
    "\"Q===\"",
    "\"QU\\u004aD\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\\/\\b\\f\"",
    "[]",
    "[1,null]",
    "{}",
    "{\"a\":1}",
    "NaN",
    "{\"a\":1,\"a\":2}",
    "tru",
    "nul",
    "+1",
    "1.",
    ".5",
    "1e",
    "\"\\x\"",
    "\"\\u12\"",
    "[1,]",
    ""
  };
  private static final String[] INSERTED = {
    " ",
    "\n",
    "\t",
    "\u0001",
    "\u00A0",
    ",",
    "\"",
    "\\",
    "}",
    "]",
    "/**/",
    "\"new\":1,",
    "\uFEFF",
    "null",
    "'",
    "0"
  };

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  /**
   * A changed copy.
   *
   * @param from index of the first byte that may be changed
   */
  byte[] of(byte[] message, int from) {
    int length = message.length - from;
    if (length < 2) {
      return message;
    }
    int at = from + random.nextInt(length);
    return switch (random.nextInt(7)) {
      case 0 -> flipped(message, at);
      case 1 -> Arrays.copyOf(message, at);
      case 2 -> replaced(message, at, at, INSERTED[random.nextInt(INSERTED.length)]);
      case 3 -> replaced(message, at, at + 1, "");
      case 4 -> spaced(message, from);
      default -> otherValue(message, at);
    };
  }

  private byte[] flipped(byte[] message, int at) {
    byte[] changed = message.clone();
    changed[at] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  /** Another value in the place of one that follows a colon, a comma or a bracket. */
  private byte[] otherValue(byte[] message, int at) {
    int start = at;
    while (start < message.length && ":,[".indexOf(message[start]) < 0) {
      start++;
    }
    int end = start + 1;
    while (end < message.length && ",]}".indexOf(message[end]) < 0) {
      end++;
    }
    return end > message.length
        ? message
        : replaced(message, start + 1, end, VALUES[random.nextInt(VALUES.length)]);
  }

  /** White space around all that looks like structure, also within strings. */
  private static byte[] spaced(byte[] message, int from) {
    String text = new String(message, from, message.length - from, StandardCharsets.UTF_8);
    return replaced(
        message, from, message.length, text.replaceAll("([:,{}\\[\\]])", " $1 ").trim());
  }

  private static byte[] replaced(byte[] message, int start, int end, String text) {
    byte[] middle = text.getBytes(StandardCharsets.UTF_8);
    byte[] changed = Arrays.copyOf(message, start + middle.length + message.length - end);
    System.arraycopy(middle, 0, changed, start, middle.length);
    System.arraycopy(message, end, changed, start + middle.length, message.length - end);
    return changed;
  }
}
