// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;

/**
 * The validation of a connector's settings. It finds all mistakes at once, and puts each on its
 * setting: what depends on a wrong setting is checked as if that one had its default.
 */
final class Validation {
  private final Config config;
  private final Map<String, String> settings;

  private Validation(Config config, Map<String, String> settings) {
    this.config = config;
    this.settings = new HashMap<>(settings);
  }

  /**
   * Completes the checks of single settings: forms of settings of tables, settings that the target
   * requires, combinations, unread settings, and (for a few seconds at most) whether the target can
   * be reached and used.
   *
   * @param config checks of single settings; problems are added
   * @param settings of the connector, as they were given
   */
  static void complete(Config config, Map<String, String> settings) {
    Validation validation = new Validation(config, settings);
    validation.checkTables();
    UnreadSettings.of(settings).mistakes().forEach(validation::add);
    validation.checkTarget();
  }

  private void checkTables() {
    check(
        SinkSettings.TABLE_NAME_FORMAT,
        () -> TableNaming.parse(settings.get(SinkSettings.TABLE_NAME_FORMAT), ""));
    check(
        SinkSettings.TABLE_NAME_MAP,
        () ->
            TableNaming.parse(
                TableNaming.DEFAULT_FORMAT, settings.get(SinkSettings.TABLE_NAME_MAP)));
    check(
        SinkSettings.KEY_COLUMNS, () -> KeyOverrides.parse(settings.get(SinkSettings.KEY_COLUMNS)));
    check(
        SinkSettings.FIELD_EXCLUDE_LIST,
        () ->
            FieldFilter.parse(
                settings.get(SinkSettings.FIELD_INCLUDE_LIST),
                settings.get(SinkSettings.FIELD_EXCLUDE_LIST)));
    String placeholder = settings.get(SinkSettings.UNAVAILABLE_VALUE_PLACEHOLDER);
    if (placeholder != null && placeholder.isEmpty()) {
      add(
          new SettingProblem(
              SinkSettings.UNAVAILABLE_VALUE_PLACEHOLDER, "Set it to the source's value."));
    }
  }

  private void check(String key, Runnable parser) {
    try {
      parser.run();
    } catch (IllegalArgumentException e) {
      add(new SettingProblem(key, e.getMessage()));
    }
  }

  private void checkTarget() {
    Optional<TargetFactory> selected =
        Optional.ofNullable(settings.get(SinkSettings.TARGET)).flatMap(Targets::named);
    selected.ifPresent(this::checkRequired);
    config.configValues().stream()
        .filter(value -> !value.errorMessages().isEmpty())
        .forEach(value -> settings.remove(value.name()));
    TargetFactory factory = selected.orElse(Targets.all().get(0));
    // What is required and missing was said: combinations of the others are checked nevertheless.
    SinkConfig parsed = SinkConfig.incomplete(settings, factory);
    SettingRules.check(parsed).forEach(this::add);
    if (selected.isPresent()) {
      factory.validate(parsed.targetSettings()).forEach(this::add);
    }
  }

  private void checkRequired(TargetFactory factory) {
    for (Setting setting : factory.settings()) {
      String value = settings.get(setting.key());
      if (setting.required() && (value == null || value.isBlank())) {
        add(new SettingProblem(setting.key(), "It is required where target=" + factory.name()));
      }
    }
  }

  /** Says one problem of a setting: what follows from it would only hide it. */
  private void add(SettingProblem problem) {
    for (ConfigValue value : config.configValues()) {
      if (value.name().equals(problem.key())) {
        if (value.errorMessages().isEmpty()) {
          value.addErrorMessage(problem.message());
        }
        return;
      }
    }
    ConfigValue value = new ConfigValue(problem.key());
    value.addErrorMessage(problem.message());
    config.configValues().add(value);
  }
}
