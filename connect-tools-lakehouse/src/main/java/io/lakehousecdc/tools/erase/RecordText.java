// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.tools.removal.KeyText;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Keys and values of records as text: whether they are about a key. Fields are compared by the text
 * of their values, so that types which JSON encodes otherwise, such as times and decimals, are not
 * recognised.
 */
final class RecordText {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Decimals, dates, times and bytes, as PostgreSQL writes them. */
  private static final Pattern ENCODED =
      Pattern.compile("-?\\d+\\.\\d+|\\d{4,}-\\d\\d-\\d\\d.*|\\d\\d:\\d\\d.*|\\\\x.*");

  private final KeyText key;
  private final UnaryOperator<String> columns;

  /**
   * @param columns name in the target of a field
   */
  RecordText(KeyText key, UnaryOperator<String> columns) {
    this.key = key;
    this.columns = columns;
  }

  /** Whether records show the key's values by their text, and do not encode one of them. */
  boolean isShown() {
    return key.columns().values().stream()
        .allMatch(text -> text == null || !ENCODED.matcher(text).matches());
  }

  /** What a record says of the key. */
  enum About {
    KEY,
    OTHER,
    /** It is no JSON, so that nobody can tell. */
    UNREADABLE
  }

  /**
   * Looks at a record.
   *
   * @param recordKey may be null
   * @param value may be null
   */
  About of(String recordKey, String value) {
    Optional<JsonNode> ofKey = parsed(recordKey);
    Optional<JsonNode> ofValue = parsed(value);
    if (ofKey.filter(this::matches).isPresent() || ofValue.filter(this::matches).isPresent()) {
      return About.KEY;
    }
    boolean isKnown = ofKey.filter(JsonNode::isObject).isPresent();
    return isKnown || value == null || ofValue.filter(JsonNode::isObject).isPresent()
        ? About.OTHER
        : About.UNREADABLE;
  }

  /**
   * Whether a record that cannot be read may be about the key: its text has all of the key's values
   * as words.
   */
  boolean mayBeAbout(String recordKey, String value) {
    String text = recordKey + " " + value;
    return key.columns().values().stream().allMatch(word -> word == null || hasWord(text, word));
  }

  private static boolean hasWord(String text, String word) {
    for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      int end = at + word.length();
      if ((at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
          && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  /** Empty where it is no JSON. */
  private static Optional<JsonNode> parsed(String text) {
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(text);
      return Optional.of(node.has("schema") && node.has("payload") ? node.get("payload") : node);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private boolean matches(JsonNode record) {
    return record.isObject()
        && (isOfKey(record) || isOfKey(record.path("before")) || isOfKey(record.path("after")));
  }

  private boolean isOfKey(JsonNode row) {
    if (!row.isObject()) {
      return false;
    }
    for (Map.Entry<String, String> column : key.columns().entrySet()) {
      boolean found = false;
      for (Map.Entry<String, JsonNode> field : row.properties()) {
        if (columns.apply(field.getKey()).equalsIgnoreCase(column.getKey())) {
          found = isText(field.getValue(), column.getValue());
        }
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  private static boolean isText(JsonNode cell, String text) {
    if (text == null || cell.isNull()) {
      return text == null && cell.isNull();
    }
    if (cell.isNumber()) {
      try {
        return cell.decimalValue().compareTo(new BigDecimal(text.strip())) == 0;
      } catch (NumberFormatException e) {
        return false;
      }
    }
    return cell.isBoolean()
        ? text.equals("t") && cell.booleanValue()
            || text.equals("f") && !cell.booleanValue()
            || cell.asText().equalsIgnoreCase(text)
        : cell.isValueNode() && cell.asText().equals(text);
  }
}
