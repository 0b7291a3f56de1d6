// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.setting.NearMiss;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of a connector that nobody reads: neither this connector, nor Connect, nor the
 * plugins that Connect hands them to. Those that look like one of this connector's are mistakes.
 * Others may be of another version of this connector or of Connect, and are told in the log.
 */
final class UnreadSettings {
  /** Of Connect, for every sink connector. */
  private static final Set<String> OF_CONNECT =
      Set.of(
          "name",
          "connector.class",
          "connector.plugin.version",
          "tasks.max",
          "tasks.max.enforce",
          "topics",
          "topics.regex",
          "config.action.reload",
          "transforms",
          "predicates",
          "key.converter",
          "value.converter",
          "header.converter");

  /** Of Connect's plugins and clients, which check them themselves. */
  private static final List<String> FAMILIES_OF_CONNECT =
      List.of(
          "key.converter.",
          "value.converter.",
          "header.converter.",
          "transforms.",
          "predicates.",
          "errors.",
          "consumer.override.",
          "producer.override.",
          "admin.override.");

  private final String target;
  private final List<SettingProblem> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private UnreadSettings(String target) {
    this.target = target;
  }

  /**
   * @param settings of the connector, as they were given
   */
  static UnreadSettings of(Map<String, String> settings) {
    UnreadSettings found = new UnreadSettings(settings.get(SinkSettings.TARGET));
    new TreeSet<>(settings.keySet()).forEach(found::check);
    return found;
  }

  /** Settings that look like one of this connector's. */
  List<SettingProblem> mistakes() {
    return mistakes;
  }

  /** A sentence for each of the others. */
  List<String> warnings() {
    return warnings;
  }

  private void check(String key) {
    Optional<String> other = otherTarget(key);
    if (isOurs(key)) {
      other.ifPresent(
          owner ->
              warnings.add(
                  key
                      + " is a setting of target="
                      + owner
                      + " and has no effect where target="
                      + target
                      + "."));
    } else if (!isConnects(key)) {
      NearMiss.of(key, SinkSettings.DEFINITION.names())
          .ifPresentOrElse(
              meant ->
                  mistakes.add(
                      new SettingProblem(
                          key, "Nobody reads " + key + ". Do you mean " + meant + "?")),
              () -> warnings.add("Nobody reads the setting " + key + "." + hint(key)));
    }
  }

  private static String hint(String key) {
    return NearMiss.of(key, OF_CONNECT).map(meant -> " Do you mean " + meant + "?").orElse("");
  }

  private static boolean isOurs(String key) {
    return SinkSettings.DEFINITION.names().contains(key)
        || key.equals(SinkSettings.TASK_NUMBER)
        || Targets.all().stream()
            .flatMap(factory -> factory.families().stream())
            .anyMatch(key::startsWith);
  }

  private static boolean isConnects(String key) {
    return OF_CONNECT.contains(key) || FAMILIES_OF_CONNECT.stream().anyMatch(key::startsWith);
  }

  /** The target that the setting is for, if it is another than the one selected. */
  private Optional<String> otherTarget(String key) {
    return Targets.all().stream()
        .map(TargetFactory::name)
        .filter(name -> target != null && !name.equals(target) && key.startsWith(name + "."))
        .findFirst();
  }
}
