// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Placeholders in settings, {@code ${provider:path:key}}, which a worker fills in when it starts a
 * task.
 *
 * @see <a href="https://kafka.apache.org/documentation/#config_providers">Kafka: configuration
 *     providers</a>
 */
public final class Placeholders {
  private static final String PROVIDERS = "config.providers";
  private static final String CLASS = ".class";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+):[^}]*}");

  private Placeholders() {}

  /**
   * The settings with their placeholders filled in.
   *
   * @param worker file of the worker's properties, which name the providers
   * @throws UsageException one cannot be filled in
   */
  static Map<String, String> filled(Map<String, String> settings, Optional<Path> worker) {
    Map<String, String> filled =
        filled(settings, worker.map(Placeholders::properties).orElse(Map.of()));
    unfilled(settings, filled)
        .ifPresent(
            key -> {
              throw new UsageException(
                  "The setting "
                      + key
                      + " is a placeholder of a config provider, and cannot be filled in: "
                      + worker
                          .map(
                              file ->
                                  "by "
                                      + file
                                      + " there is no such provider, or no such value. Variables of"
                                      + " the environment have to be set for this command, too.")
                          .orElse("name the worker's properties with --worker-config."));
            });
    return filled;
  }

  /**
   * The settings with their placeholders filled in, as far as there are providers.
   *
   * @param worker properties of the worker, which name the providers
   * @throws org.apache.kafka.common.config.ConfigException a provider fails
   */
  public static Map<String, String> filled(Map<String, String> settings, Map<String, ?> worker) {
    // The providers alone, so that nothing else of the worker is taken for the connector's; and
    // not those that the connector may name, which Connect does not load either.
    Map<String, Object> providers = new HashMap<>();
    SortedSet<String> names = new TreeSet<>();
    worker.forEach(
        (property, value) -> {
          if (property.startsWith(PROVIDERS + ".")) {
            providers.put(property, value);
            if (property.endsWith(CLASS)) {
              names.add(
                  property.substring(PROVIDERS.length() + 1, property.length() - CLASS.length()));
            }
          }
        });
    if (names.isEmpty()) {
      return Map.copyOf(settings);
    }
    // A worker tells its extensions the providers' settings, but not the list of their names.
    providers.put(PROVIDERS, String.join(",", names));
    Map<String, String> filled = new HashMap<>();
    new AbstractConfig(new ConfigDef(), settings, providers, false)
        .originals()
        .forEach((key, value) -> filled.put(key, String.valueOf(value)));
    filled.keySet().retainAll(settings.keySet());
    return filled;
  }

  /** A setting that still is a placeholder; empty where there is none. */
  public static Optional<String> unfilled(
      Map<String, String> settings, Map<String, String> filled) {
    return filled.entrySet().stream()
        .filter(
            entry ->
                settings.get(entry.getKey()).equals(entry.getValue())
                    && PLACEHOLDER.matcher(entry.getValue()).matches())
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }

  private static Map<String, String> properties(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UsageException("Cannot read " + file, e);
    }
    Map<String, String> read = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> read.put(name, properties.getProperty(name)));
    return read;
  }
}
