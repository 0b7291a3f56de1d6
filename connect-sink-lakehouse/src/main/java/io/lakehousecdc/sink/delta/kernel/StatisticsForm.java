// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The JSON of statistics without the values: names of columns, and the places of values. There is
 * one for all files in which it is the same. Thread-safe.
 */
final class StatisticsForm {
  /** The place of a value, and the end of a value among values. JSON has none in a value. */
  static final char VALUE = '\n';

  private static final JsonFactory TOKENS = new JsonFactory();

  /** Those in use; each is kept as long as statistics refer to it. */
  private static final Map<String, WeakReference<StatisticsForm>> IN_USE = new WeakHashMap<>();

  private final String text;
  private Map<List<String>, Integer> places;

  private StatisticsForm(String text) {
    this.text = text;
  }

  /** The form of that text. */
  static StatisticsForm of(String text) {
    synchronized (IN_USE) {
      WeakReference<StatisticsForm> known = IN_USE.get(text);
      StatisticsForm form = known == null ? null : known.get();
      if (form == null) {
        form = new StatisticsForm(text);
        IN_USE.put(form.text, new WeakReference<>(form));
      }
      return form;
    }
  }

  /** The JSON with {@link #VALUE} for each value. */
  String text() {
    return text;
  }

  /** Which of the values, from 0, a path of names leads to; -1 where there is none. */
  int place(List<String> path) {
    return places().getOrDefault(path, -1);
  }

  /** Names of the columns, as files know them, that there is any value of. */
  Set<String> columns() {
    Set<String> columns = new HashSet<>();
    for (List<String> path : places().keySet()) {
      if (path.size() > 1) {
        columns.add(path.get(1));
      }
    }
    return columns;
  }

  private synchronized Map<List<String>, Integer> places() {
    if (places == null) {
      places = read();
    }
    return places;
  }

  private Map<List<String>, Integer> read() {
    Map<List<String>, Integer> read = new HashMap<>();
    Deque<String> path = new ArrayDeque<>();
    int next = 0;
    try (JsonParser tokens = TOKENS.createParser(text.replace(VALUE, '0'))) {
      for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          path.addLast(tokens.currentName());
        } else if (token.isScalarValue()) {
          read.put(List.copyOf(new ArrayList<>(path)), next++);
          leave(path, tokens);
        } else if (token.isStructEnd()) {
          leave(path, tokens);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Statistics that were read before cannot be read", e);
    }
    return Map.copyOf(read);
  }

  /** A value ends: inside an object it had a name. */
  private static void leave(Deque<String> path, JsonParser tokens) {
    if (tokens.getParsingContext().inObject()) {
      path.removeLast();
    }
  }
}
