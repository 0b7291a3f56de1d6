// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.benchmarks.harness.ProjectFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The formats of records in a topic, with the connector configurations shipped for them. */
public enum Wire {
  /** JsonConverter with schemas. */
  JSON("config/source/plain.json", "config/sink/postgres-upsert.json"),
  /** Apicurio's Avro converter in Confluent's wire format. */
  AVRO("config/source/avro-apicurio.json", "config/sink/postgres-avro-apicurio.json");

  private static final String CONVERTER = "(key|value)\\.converter.*";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String source;
  private final String postgresSink;

  Wire(String source, String postgresSink) {
    this.source = source;
    this.postgresSink = postgresSink;
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The topic of the orders that {@link TopicLoad} makes. */
  public String topic() {
    return this + ".public.orders";
  }

  /** The shipped configuration of the source; a new map, free to change. */
  public Map<String, String> source() {
    return configuration(ProjectFile.at(source));
  }

  /** The shipped configuration of the sink into PostgreSQL; a new map, free to change. */
  public Map<String, String> postgresSink() {
    return configuration(ProjectFile.at(postgresSink));
  }

  /** The shipped configuration of the sink into Delta, with these converters; free to change. */
  public Map<String, String> deltaSink() {
    Map<String, String> configuration =
        configuration(ProjectFile.at("config/sink/delta-upsert.json"));
    configuration.keySet().removeIf(key -> key.matches(CONVERTER));
    configuration.putAll(converters());
    return configuration;
  }

  /** The sink's converter settings alone, for other sinks; a new map, free to change. */
  public Map<String, String> converters() {
    return postgresSink().entrySet().stream()
        .filter(entry -> entry.getKey().matches(CONVERTER))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
  }

  private static Map<String, String> configuration(Path file) {
    try {
      Map<String, String> configuration = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry :
          MAPPER.readTree(file.toFile()).get("config").properties()) {
        configuration.put(entry.getKey(), entry.getValue().asText());
      }
      return configuration;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
