// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

/**
 * Reads values without a schema: maps, lists, strings, booleans, longs and doubles. A reader for
 * each level of nesting, so that their depth is bounded.
 */
final class SchemalessReader extends ValueReader {
  /** Deeper values are left to {@code JsonConverter}, which has a bound of its own. */
  private static final int MAX_DEPTH = 100;

  private final SchemalessReader inner;

  SchemalessReader() {
    this(MAX_DEPTH);
  }

  private SchemalessReader(int depth) {
    inner = depth == 0 ? null : new SchemalessReader(depth - 1);
  }

  @Override
  Object present(JsonInput input) {
    return switch (input.peek()) {
      case '{' -> ValueReaders.map(input, inner());
      case '[' -> ValueReaders.list(input, inner());
      case '"' -> input.string();
      case 't', 'f' -> input.bool();
      default -> number(input);
    };
  }

  private SchemalessReader inner() {
    if (inner == null) {
      throw Unrecognized.input();
    }
    return inner;
  }

  /** Boxed apart: a conditional expression would make a double of both. */
  private static Object number(JsonInput input) {
    if (input.isFractional()) {
      return ValueReaders.float64(input);
    }
    return input.integer(Long.MIN_VALUE, Long.MAX_VALUE);
  }
}
