// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

/** Test that docs/CONFIGURATION.md matches the definitions of the settings. */
class ConfigurationReferenceTest {
  private static final Path FILE = Path.of("..", "docs", "CONFIGURATION.md");

  @Test
  void theReferenceIsWhatTheSettingsSay() throws IOException {
    String expected = reference(SinkSettings.DEFINITION);
    if (Boolean.getBoolean("lakehousecdc.docs.write")) {
      Files.writeString(FILE, expected);
    }
    assertEquals(
        expected,
        Files.readString(FILE),
        "docs/CONFIGURATION.md is stale. Write it anew: mvn test -pl connect-sink-lakehouse -am"
            + " -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dlakehousecdc.docs.write=true");
  }

  private static String reference(ConfigDef definition) {
    Map<String, List<ConfigKey>> groups =
        definition.configKeys().values().stream()
            .collect(
                Collectors.groupingBy(key -> key.group, LinkedHashMap::new, Collectors.toList()));
    StringBuilder text =
        new StringBuilder(
            "# Configuration of the sink\n\nGenerated from the connector's configuration definition."
                + " In addition, the connector takes the settings of every sink connector: `topics`"
                + " or `topics.regex`, `tasks.max`, converters, transforms and `errors.*`.\n");
    groups.forEach(
        (group, keys) -> {
          text.append("\n## ").append(group).append("\n\n| setting | type | default | meaning |\n");
          text.append("|---|---|---|---|\n");
          keys.forEach(key -> text.append(row(key)));
        });
    return text.toString();
  }

  private static String row(ConfigKey key) {
    String fallback = "none";
    if (key.hasDefault() && key.defaultValue != null && !"".equals(key.defaultValue)) {
      fallback = "`" + key.defaultValue + "`";
    } else if (!key.hasDefault()) {
      fallback = "required";
    }
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            key.name,
            key.type.name().toLowerCase(java.util.Locale.ROOT),
            fallback,
            key.documentation.replace("|", "\\|"));
  }
}
