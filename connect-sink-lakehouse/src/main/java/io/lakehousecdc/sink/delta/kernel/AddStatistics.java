// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The statistics of a file. Immutable, and small: a table has many files, and the JSON of their
 * statistics is names of columns for the most part, each three times. Kept is the text of the
 * values, and the rest of the JSON once for all files in which it is the same.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Per-file
 *     Statistics</a>
 */
public final class AddStatistics {
  /** Decimals have more digits than a double, and a bound that is rounded is wrong. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static final JsonFactory TOKENS = new JsonFactory();

  private static final List<String> OF_COLUMNS = List.of("minValues", "maxValues", "nullCount");

  private final StatisticsForm form;
  private final byte[] values;
  private final long records;
  private final boolean loose;

  private AddStatistics(StatisticsForm form, byte[] values, long records, boolean loose) {
    this.form = form;
    this.values = values;
    this.records = records;
    this.loose = loose;
  }

  /**
   * The statistics that a text says; null where it is null, or nobody can read it: statistics of
   * that kind are as good as none.
   *
   * @param json may be null
   */
  public static AddStatistics of(String json) {
    if (json == null) {
      return null;
    }
    try (JsonParser tokens = TOKENS.createParser(json)) {
      return new Reader().read(tokens);
    } catch (IOException e) {
      return null;
    }
  }

  /** As the log has them. */
  public String json() {
    String names = form.text();
    StringBuilder json = new StringBuilder(names.length() + values.length);
    String texts = new String(values, StandardCharsets.UTF_8);
    int next = 0;
    for (int i = 0; i < names.length(); i++) {
      if (names.charAt(i) == StatisticsForm.VALUE) {
        int end = texts.indexOf(StatisticsForm.VALUE, next);
        json.append(texts, next, end);
        next = end + 1;
      } else {
        json.append(names.charAt(i));
      }
    }
    return json.toString();
  }

  /** The same as a tree. */
  public JsonNode tree() {
    try {
      return JSON.readTree(json());
    } catch (IOException e) {
      throw new IllegalStateException("Statistics that were read before cannot be read", e);
    }
  }

  /**
   * The number without fraction at a path of names; empty where there is none. Reads no JSON.
   *
   * @param path such as {@code maxValues} and the physical name of a column
   */
  public OptionalLong integer(List<String> path) {
    String value = value(path);
    try {
      return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The text at a path of names; empty where there is none. */
  public Optional<String> text(List<String> path) {
    String value = value(path);
    if (value == null || value.isEmpty() || value.charAt(0) != '"') {
      return Optional.empty();
    }
    try {
      return value.indexOf('\\') < 0
          ? Optional.of(value.substring(1, value.length() - 1))
          : Optional.ofNullable(JSON.readValue(value, String.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The JSON of a value; null where there is none. */
  private String value(List<String> path) {
    int place = form.place(path);
    if (place < 0) {
      return null;
    }
    int begin = 0;
    for (int passed = 0; passed < place; begin++) {
      passed += values[begin] == StatisticsForm.VALUE ? 1 : 0;
    }
    int end = begin;
    while (values[end] != StatisticsForm.VALUE) {
      end++;
    }
    return new String(values, begin, end - begin, StandardCharsets.UTF_8);
  }

  /**
   * The same without columns that are not wanted.
   *
   * @param columns physical names of those that are
   */
  public AddStatistics only(Set<String> columns) {
    if (columns.containsAll(form.columns()) || !(tree() instanceof ObjectNode fewer)) {
      return this;
    }
    for (String kind : OF_COLUMNS) {
      if (fewer.get(kind) instanceof ObjectNode named) {
        named.retain(columns);
      }
    }
    return of(fewer.toString());
  }

  /**
   * Number of rows in the file, deleted ones included; -1 where the statistics do not tell.
   *
   * @param stats may be null
   */
  public static long records(AddStatistics stats) {
    return stats == null ? -1 : stats.records;
  }

  /**
   * The statistics of a file once it has a deletion vector: bounds need no longer be attained, and
   * the number of rows has to be told, also where the file came without.
   *
   * @param stats may be null
   * @param rows number of rows in the file, deleted ones included
   */
  public static AddStatistics loosened(AddStatistics stats, long rows) {
    if (stats != null && stats.loose && stats.records == rows) {
      return stats;
    }
    ObjectNode loosened = JSON.createObjectNode();
    if (stats != null && stats.tree() instanceof ObjectNode known) {
      loosened = known;
    }
    return of(loosened.put("numRecords", rows).put("tightBounds", false).toString());
  }

  /** All but the values. */
  String form() {
    return form.text();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddStatistics statistics && json().equals(statistics.json());
  }

  @Override
  public int hashCode() {
    return json().hashCode();
  }

  @Override
  public String toString() {
    return json();
  }

  /** Takes a text apart. */
  private static final class Reader {
    private final StringBuilder form = new StringBuilder();
    private final StringBuilder values = new StringBuilder();
    private long records = -1;
    private boolean loose;

    AddStatistics read(JsonParser tokens) throws IOException {
      if (tokens.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      int depth = 0;
      boolean first = true;
      String name = "";
      for (JsonToken token = tokens.currentToken(); token != null; token = tokens.nextToken()) {
        if (token.isStructEnd()) {
          form.append(tokens.getText());
          depth--;
          first = false;
          continue;
        }
        if (!first) {
          form.append(',');
        }
        if (token == JsonToken.FIELD_NAME) {
          name = tokens.currentName();
          form.append(quoted(name)).append(':');
          first = true;
        } else if (token.isStructStart()) {
          form.append(tokens.getText());
          depth++;
          first = true;
        } else {
          if (depth == 1 && name.equals("numRecords")) {
            records = token == JsonToken.VALUE_NUMBER_INT ? tokens.getLongValue() : -1;
          }
          loose |= depth == 1 && name.equals("tightBounds") && token == JsonToken.VALUE_FALSE;
          form.append(StatisticsForm.VALUE);
          String text = tokens.getText();
          values
              .append(token == JsonToken.VALUE_STRING ? quoted(text) : text)
              .append(StatisticsForm.VALUE);
          first = false;
        }
      }
      return new AddStatistics(
          StatisticsForm.of(form.toString()),
          values.toString().getBytes(StandardCharsets.UTF_8),
          records,
          loose);
    }

    private static String quoted(String text) {
      return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
  }
}
