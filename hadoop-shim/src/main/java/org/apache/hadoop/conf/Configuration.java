// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.conf;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A map of settings. Unlike Hadoop's it reads no files, has no defaults and no variables: a setting
 * is there if somebody has set it. Thread-safe.
 *
 * <p>Numbers and truth values are written as Java writes them. What is not a number is refused with
 * a {@link NumberFormatException}; what is neither true nor false counts as absent, as in Hadoop.
 */
public class Configuration implements Iterable<Map.Entry<String, String>> {
  private final Map<String, String> settings = new ConcurrentHashMap<>();

  public Configuration() {}

  /**
   * @param loadDefaults without meaning: there are no defaults
   */
  public Configuration(boolean loadDefaults) {}

  /** A copy. */
  public Configuration(Configuration other) {
    settings.putAll(other.settings);
  }

  /** The value, or null. */
  public String get(String name) {
    return settings.get(name);
  }

  public String get(String name, String absent) {
    return settings.getOrDefault(name, absent);
  }

  /** The value without space around it, or null. */
  public String getTrimmed(String name) {
    return getTrimmed(name, null);
  }

  public String getTrimmed(String name, String absent) {
    return parsed(name, absent, Function.identity());
  }

  public int getInt(String name, int absent) {
    return parsed(name, absent, Integer::valueOf);
  }

  public long getLong(String name, long absent) {
    return parsed(name, absent, Long::valueOf);
  }

  public float getFloat(String name, float absent) {
    return parsed(name, absent, Float::valueOf);
  }

  public double getDouble(String name, double absent) {
    return parsed(name, absent, Double::valueOf);
  }

  public boolean getBoolean(String name, boolean absent) {
    String value = getTrimmed(name, "");
    return absent ? !value.equalsIgnoreCase("false") : value.equalsIgnoreCase("true");
  }

  /** The elements of a value that is separated by commas. */
  public String[] getStrings(String name, String... absent) {
    return parsed(
        name,
        absent,
        value ->
            Stream.of(value.split(","))
                .map(String::trim)
                .filter(element -> !element.isEmpty())
                .toArray(String[]::new));
  }

  /**
   * The class of that name.
   *
   * @throws IllegalArgumentException there is none
   */
  public Class<?> getClass(String name, Class<?> absent) {
    return parsed(name, absent, this::named);
  }

  /**
   * The class of that name.
   *
   * @throws IllegalArgumentException there is none
   * @throws ClassCastException it is not of the type
   */
  public <U> Class<? extends U> getClass(String name, Class<? extends U> absent, Class<U> type) {
    Class<?> found = getClass(name, absent);
    return found == null ? null : found.asSubclass(type);
  }

  public Class<?> getClassByName(String name) throws ClassNotFoundException {
    return Class.forName(name, true, getClassLoader());
  }

  /** The class loader of the plugin, whatever thread asks. */
  public ClassLoader getClassLoader() {
    return Configuration.class.getClassLoader();
  }

  public void set(String name, String value) {
    settings.put(name, value);
  }

  public void setInt(String name, int value) {
    set(name, Integer.toString(value));
  }

  public void setLong(String name, long value) {
    set(name, Long.toString(value));
  }

  public void setBoolean(String name, boolean value) {
    set(name, Boolean.toString(value));
  }

  public void setStrings(String name, String... values) {
    set(name, String.join(",", values));
  }

  /**
   * @throws ClassCastException the class is not of the type
   */
  public void setClass(String name, Class<?> value, Class<?> type) {
    set(name, value.asSubclass(type).getName());
  }

  /** The settings as they are now, or a little later. */
  @Override
  public Iterator<Map.Entry<String, String>> iterator() {
    return Map.copyOf(settings).entrySet().iterator();
  }

  private <T> T parsed(String name, T absent, Function<String, T> parser) {
    String value = settings.get(name);
    return value == null ? absent : parser.apply(value.trim());
  }

  private Class<?> named(String name) {
    try {
      return getClassByName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("There is no class " + name, e);
    }
  }
}
