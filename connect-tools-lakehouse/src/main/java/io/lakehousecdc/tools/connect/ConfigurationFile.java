// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A connector's configuration in a file: the JSON that {@code POST /connectors} takes, with {@code
 * name} and {@code config}, or that of {@code PUT /connectors/<name>/config}, the settings alone.
 */
final class ConfigurationFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigurationFile() {}

  static Map<String, String> read(Path file) {
    try {
      return settings(JSON.readTree(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new UsageException(
          file
              + " is no JSON, at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw new UsageException("Cannot read " + file, e);
    }
  }

  /** Settings of either form; values are text, as Connect takes them. */
  static Map<String, String> settings(JsonNode json) {
    JsonNode config = json.path("config").isObject() ? json.get("config") : json;
    Map<String, String> settings = new HashMap<>();
    config.properties().forEach(each -> settings.put(each.getKey(), each.getValue().asText()));
    if (json.path("name").isTextual()) {
      settings.put("name", json.get("name").asText());
    }
    return settings;
  }
}
