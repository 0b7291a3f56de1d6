// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.setting.NearMiss;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;

/**
 * The check for options of a transform that nobody reads, below {@code transforms.<name>.}. An
 * option that looks like one of the transform's is a mistake; others may be of another version.
 */
final class UnreadOptions {
  /** What Connect itself reads there, and passes on. */
  private static final Set<String> OF_CONNECT =
      Set.of("type", "predicate", "negate", "plugin.version");

  private UnreadOptions() {}

  /**
   * Logs a warning for each option that nobody reads.
   *
   * @throws ConfigException an option looks like a known one; names both
   */
  static void check(ConfigDef definition, Map<String, ?> options, Logger log) {
    for (String option : new TreeSet<>(options.keySet())) {
      if (definition.names().contains(option) || OF_CONNECT.contains(option)) {
        continue;
      }
      Optional<String> meant = NearMiss.of(option, definition.names());
      if (meant.isPresent()) {
        throw new ConfigException(
            "Nobody reads the option %s of this transform. Do you mean %s?"
                .formatted(option, meant.get()));
      }
      log.warn(
          "Nobody reads the option {} of this transform. It has {}.", option, definition.names());
    }
  }
}
