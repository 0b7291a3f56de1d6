// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

/** Test that docs/SMT.md lists the settings of the transforms. */
class SmtReferenceTest {
  private static final Path FILE = Path.of("..", "docs", "SMT.md");
  private static final Map<String, ConfigDef> TRANSFORMS =
      Map.of("LsnDedup", LsnDedup.CONFIG_DEF, "DlqRouter", DlqRouter.CONFIG_DEF);

  @Test
  void theReferenceIsWhatTheTransformsSay() throws IOException {
    String actual = Files.readString(FILE);
    String expected = actual;
    for (Map.Entry<String, ConfigDef> transform : TRANSFORMS.entrySet()) {
      expected = replaced(expected, transform.getKey(), table(transform.getValue()));
    }
    if (Boolean.getBoolean("lakehousecdc.docs.write")) {
      Files.writeString(FILE, expected);
      return;
    }
    assertEquals(
        expected,
        actual,
        "docs/SMT.md is stale. Write it anew: mvn test -pl connect-smt-cdc -am"
            + " -Dtest=SmtReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dlakehousecdc.docs.write=true");
  }

  private static String replaced(String text, String name, String table) {
    String begin = "<!-- begin " + name + " -->\n";
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf("<!-- end " + name + " -->");
    return text.substring(0, from) + table + text.substring(to);
  }

  private static String table(ConfigDef definition) {
    return "| setting | type | default | meaning |\n|---|---|---|---|\n"
        + definition.configKeys().values().stream()
            .map(SmtReferenceTest::row)
            .collect(Collectors.joining());
  }

  private static String row(ConfigKey key) {
    Object fallback = ConfigDef.convertToString(key.defaultValue, key.type);
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            key.name,
            key.type.name().toLowerCase(Locale.ROOT),
            "".equals(fallback) ? "none" : "`" + fallback + "`",
            key.documentation.replace("|", "\\|"));
  }
}
