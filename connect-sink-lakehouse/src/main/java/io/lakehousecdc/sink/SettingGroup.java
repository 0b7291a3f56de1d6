// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** One group of settings, in order. Not thread-safe. */
final class SettingGroup {
  private final String name;
  private final List<String> keys = new ArrayList<>();

  SettingGroup(String name) {
    this.name = name;
  }

  SettingGroup choice(
      ConfigDef definition, String key, Object defaultValue, List<String> choices, String doc) {
    return add(
        definition,
        key,
        Type.STRING,
        defaultValue,
        ValidString.in(choices.toArray(String[]::new)),
        Importance.HIGH,
        doc + " One of " + String.join(", ", choices) + ".");
  }

  SettingGroup text(ConfigDef definition, String key, String defaultValue, String doc) {
    return add(definition, key, Type.STRING, defaultValue, null, Importance.MEDIUM, doc);
  }

  SettingGroup validated(
      ConfigDef definition,
      String key,
      String defaultValue,
      ConfigDef.Validator validator,
      String doc) {
    return add(definition, key, Type.STRING, defaultValue, validator, Importance.MEDIUM, doc);
  }

  SettingGroup flag(ConfigDef definition, String key, String doc) {
    return add(definition, key, Type.BOOLEAN, false, null, Importance.MEDIUM, doc);
  }

  SettingGroup number(ConfigDef definition, String key, Long defaultValue, long least, String doc) {
    return add(definition, key, Type.LONG, defaultValue, atLeast(least), Importance.LOW, doc);
  }

  SettingGroup whole(ConfigDef definition, String key, int defaultValue, int least, String doc) {
    return add(definition, key, Type.INT, defaultValue, Range.atLeast(least), Importance.LOW, doc);
  }

  SettingGroup add(
      ConfigDef definition,
      String key,
      Type type,
      Object defaultValue,
      ConfigDef.Validator validator,
      Importance importance,
      String doc) {
    keys.add(key);
    definition.define(
        key,
        type,
        defaultValue,
        validator,
        importance,
        doc,
        name,
        keys.size(),
        Width.MEDIUM,
        key,
        List.of(),
        new RelevantTo(key));
    return this;
  }

  private static ConfigDef.Validator atLeast(long least) {
    return ConfigDef.LambdaValidator.with(
        (key, value) -> {
          if (value != null && ((Number) value).longValue() < least) {
            throw new ConfigException(key, value, "must be at least " + least);
          }
        },
        () -> "at least " + least);
  }
}
