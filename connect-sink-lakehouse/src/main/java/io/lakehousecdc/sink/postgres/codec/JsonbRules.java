// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The check that jsonb can hold a JSON text. It keeps the last of several equal keys of an object
 * only, in silence, and refuses {@code \u0000} (PostgreSQL's documentation, "JSON Types"). Both can
 * come from a column of type json. Other faults of the text are left to the server.
 *
 * <p>Text that PostgreSQL has written from jsonb has its keys in the order of their length and
 * bytes, so that one pass without memory shows that no key comes twice.
 */
final class JsonbRules {
  private static final String REMEDY =
      ", which jsonb cannot hold, so the source's column is of type json. Change the type of this"
          + " column to json, or text. New tables get it where the source has"
          + " column.propagate.source.type for the column";

  private final String json;

  private JsonbRules(String json) {
    this.json = json;
  }

  /**
   * Checks a text.
   *
   * @throws UnfitValueException jsonb cannot hold it
   */
  static void requireStorable(String json) {
    new JsonbRules(json).check();
  }

  private void check() {
    OrderedKeys ordered = new OrderedKeys();
    walk(ordered);
    if (!ordered.areDistinct) {
      walk(new RememberedKeys());
    }
  }

  /** Receives the keys of all objects. */
  private interface Keys {
    void open();

    /**
     * A key of the innermost open object.
     *
     * @param from index of its first character
     * @param to index after its last character
     */
    void key(int from, int to, boolean isEscaped);

    void close();
  }

  private void walk(Keys keys) {
    Deque<Boolean> isObject = new ArrayDeque<>();
    boolean expectsKey = false;
    for (int i = 0; i < json.length(); i++) {
      switch (json.charAt(i)) {
        case '{' -> {
          isObject.push(true);
          keys.open();
          expectsKey = true;
        }
        case '[' -> {
          isObject.push(false);
          expectsKey = false;
        }
        case '}', ']' -> {
          if (Boolean.TRUE.equals(isObject.poll())) {
            keys.close();
          }
          expectsKey = false;
        }
        case ',' -> expectsKey = Boolean.TRUE.equals(isObject.peek());
        case '"' -> {
          int end = endOfText(i + 1);
          if (expectsKey) {
            int escape = json.indexOf('\\', i);
            keys.key(i + 1, end, escape >= 0 && escape < end);
            expectsKey = false;
          }
          i = end;
        }
        default -> {}
      }
    }
  }

  /** Index of the quote that ends a text, or the length of the JSON. */
  private int endOfText(int from) {
    int i = from;
    while (i < json.length() && json.charAt(i) != '"') {
      if (json.charAt(i) == '\\') {
        if (json.startsWith("u0000", i + 1)) {
          throw new UnfitValueException("the JSON has the character \\u0000" + REMEDY);
        }
        i++;
      }
      i++;
    }
    return Math.min(i, json.length());
  }

  /** Proves that keys are distinct where they are in the order of jsonb. */
  private final class OrderedKeys implements Keys {
    private int[] last = new int[16];
    private int depth;
    private boolean areDistinct = true;

    @Override
    public void open() {
      depth += 2;
      if (depth + 2 > last.length) {
        last = Arrays.copyOf(last, last.length * 2);
      }
      last[depth] = -1;
    }

    @Override
    public void key(int from, int to, boolean isEscaped) {
      areDistinct &=
          !isEscaped && (last[depth] < 0 || isBefore(last[depth], last[depth + 1], from, to));
      last[depth] = from;
      last[depth + 1] = to;
    }

    @Override
    public void close() {
      depth -= 2;
    }

    private boolean isBefore(int from, int to, int nextFrom, int nextTo) {
      int length = to - from;
      if (length != nextTo - nextFrom) {
        return length < nextTo - nextFrom;
      }
      for (int i = 0; i < length; i++) {
        int order = json.charAt(from + i) - json.charAt(nextFrom + i);
        if (order != 0) {
          return order < 0;
        }
      }
      return false;
    }
  }

  /** Refuses a key that comes twice. */
  private final class RememberedKeys implements Keys {
    private final Deque<Set<String>> open = new ArrayDeque<>();

    @Override
    public void open() {
      open.push(new HashSet<>());
    }

    @Override
    public void key(int from, int to, boolean isEscaped) {
      String raw = json.substring(from, to);
      if (!open.element().add(isEscaped ? unescaped(raw) : raw)) {
        throw new UnfitValueException("an object of the JSON has a key twice" + REMEDY);
      }
    }

    @Override
    public void close() {
      open.pop();
    }
  }

  /** The text of a key. What the server would refuse is left as it is. */
  private static String unescaped(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\' || i + 1 == raw.length()) {
        text.append(c);
        continue;
      }
      char escaped = raw.charAt(++i);
      boolean isCode = escaped == 'u' && raw.substring(i + 1).matches("(?s)\\p{XDigit}{4}.*");
      if (isCode) {
        text.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
        i += 4;
      } else {
        text.append(
            switch (escaped) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> escaped;
            });
      }
    }
    return text.toString();
  }
}
