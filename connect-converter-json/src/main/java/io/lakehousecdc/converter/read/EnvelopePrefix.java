// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import java.util.Arrays;

/**
 * The part of an envelope before its payload: <code>{"schema":…,"payload":</code>, in this order,
 * as {@code JsonConverter} writes it.
 */
public final class EnvelopePrefix {
  private EnvelopePrefix() {}

  /**
   * The first part of an envelope, up to its payload.
   *
   * @param envelope valid JSON
   * @throws Unrecognized if it does not begin like an envelope
   */
  public static byte[] of(byte[] envelope) {
    JsonInput input = new JsonInput(envelope, 0);
    input.expect('{');
    expectName(input, "schema");
    JsonInput behind = new JsonInput(envelope, valueEnd(envelope, input.position()));
    behind.expect(',');
    expectName(behind, "payload");
    return Arrays.copyOf(envelope, behind.position());
  }

  private static void expectName(JsonInput input, String expected) {
    if (!input.name().equals(expected)) {
      throw Unrecognized.input();
    }
  }

  /** Index of the first byte behind a value: the comma or bracket that ends it on its level. */
  private static int valueEnd(byte[] json, int start) {
    int depth = 0;
    for (int at = start; at < json.length; at++) {
      switch (json[at]) {
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth < 0) {
            return at;
          }
        }
        case ',' -> {
          if (depth == 0) {
            return at;
          }
        }
        case '"' -> at = stringEnd(json, at);
        default -> {}
      }
    }
    throw Unrecognized.input();
  }

  /** Index of the closing quotation mark. */
  private static int stringEnd(byte[] json, int start) {
    int at = start + 1;
    while (at < json.length && json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return at;
  }
}
