// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Validators of single configuration values, with a text for the documentation. */
final class Validators {
  private static final Pattern BEAN_ID = Pattern.compile("[A-Za-z0-9._-]+");

  private Validators() {}

  static ConfigDef.Validator oneOf(String... values) {
    return ConfigDef.ValidString.in(values);
  }

  static ConfigDef.Validator autoOrNumber() {
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          if (!value.toString().matches("(?i)auto|[0-9]{1,9}")) {
            throw new ConfigException(name, value, "Use auto, or a number from 0 to 999999999");
          }
        },
        () -> "auto, or a number from 0");
  }

  static ConfigDef.Validator beanId() {
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          if (!BEAN_ID.matcher(value.toString()).matches()) {
            throw new ConfigException(name, value, "Use letters, digits, '.', '_' and '-'");
          }
        },
        () -> "letters, digits, '.', '_' and '-'");
  }

  /** A value that the parser accepts; the parser's message says what is wrong. */
  static ConfigDef.Validator parsedBy(Consumer<List<String>> parser, String syntax) {
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          try {
            parser.accept(strings(value));
          } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
          }
        },
        () -> syntax);
  }

  private static List<String> strings(Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /** Reads {@code name:value} pairs. */
  static Map.Entry<String, String> pair(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not of the form name:value");
    }
    return Map.entry(text.substring(0, colon).trim(), text.substring(colon + 1).trim());
  }
}
