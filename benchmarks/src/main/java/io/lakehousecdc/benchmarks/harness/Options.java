// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of the command line, {@code --name value}, with defaults. Immutable. */
public final class Options {
  /** Default of an option that is given without a value. */
  public static final String NO = "no";

  private static final String YES = "yes";

  private final Map<String, String> values;

  private Options(Map<String, String> values) {
    this.values = values;
  }

  /**
   * An option.
   *
   * @param defaultValue as it would stand on the command line
   */
  public record Option(String name, String defaultValue, String meaning) {
    @Override
    public String toString() {
      return defaultValue.equals(NO)
          ? "--%s: %s".formatted(name, meaning)
          : "--%s <%s> [%s]".formatted(name, meaning, defaultValue);
    }
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException for an option that is unknown or lacks its value
   */
  public static Options parse(List<Option> known, List<String> arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    known.forEach(option -> values.put(option.name(), option.defaultValue()));
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || !values.containsKey(argument.substring(2))) {
        throw new IllegalArgumentException("no such option: " + argument);
      }
      String name = argument.substring(2);
      if (values.get(name).equals(NO)) {
        values.put(name, YES);
      } else if (++i < arguments.size()) {
        values.put(name, arguments.get(i));
      } else {
        throw new IllegalArgumentException(argument + " lacks its value");
      }
    }
    return new Options(values);
  }

  public String text(String name) {
    return values.get(name);
  }

  /** Whether an option whose default is {@link #NO} was given. */
  public boolean flag(String name) {
    return text(name).equals(YES);
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException where it is none, or negative
   */
  public int number(String name) {
    try {
      return Integer.parseUnsignedInt(text(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--%s %s is no number".formatted(name, text(name)), e);
    }
  }

  /**
   * Several constants of an enum, comma separated, in their order on the command line.
   *
   * @throws IllegalArgumentException for a name that the enum lacks
   */
  public <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    return Arrays.stream(text(name).split(","))
        .map(each -> choice(name, each, type))
        .distinct()
        .toList();
  }

  /**
   * A constant of an enum.
   *
   * @throws IllegalArgumentException for a name that the enum lacks
   */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    return choice(name, text(name), type);
  }

  private static <E extends Enum<E>> E choice(String name, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.toString().equals(value)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "--%s %s: choose from %s"
            .formatted(
                name,
                value,
                Arrays.stream(type.getEnumConstants())
                    .map(Object::toString)
                    .collect(Collectors.joining(","))));
  }
}
