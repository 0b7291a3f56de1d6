// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Test that the samples in the archive's etc/ are valid bodies of {@code POST /connectors}. */
class SampleConfigurationsIT {
  private static final Map<String, JsonNode> SAMPLES = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    try (HubArchive archive = new HubArchive(Path.of(System.getProperty("archive")))) {
      for (String file : archive.files()) {
        if (file.startsWith("etc/") && file.endsWith(".json")) {
          SAMPLES.put(file, mapper.readTree(archive.bytes(file)));
        }
      }
    }
  }

  @Test
  void everySampleIsANameAndAConfiguration() {
    assertTrue(SAMPLES.size() >= 30, "samples are missing: " + SAMPLES.keySet());
    SAMPLES.forEach(
        (file, sample) -> {
          List<String> fields = new ArrayList<>();
          sample.fieldNames().forEachRemaining(fields::add);
          assertEquals(List.of("name", "config"), fields, file);
          assertTrue(sample.at("/config/connector.class").isTextual(), file);
          sample.get("config").forEach(value -> assertTrue(value.isTextual(), file + ": " + value));
        });
  }

  @Test
  void secretsComeFromConfigProviders() {
    SAMPLES.forEach(
        (file, sample) ->
            sample
                .get("config")
                .fields()
                .forEachRemaining(
                    setting -> {
                      if (setting.getKey().matches(".*(password|secret|token).*")) {
                        assertTrue(
                            setting.getValue().asText().matches("\\$\\{(env|file):[^}]+}"),
                            file + ": " + setting.getKey() + " is in clear text");
                      }
                    }));
  }
}
