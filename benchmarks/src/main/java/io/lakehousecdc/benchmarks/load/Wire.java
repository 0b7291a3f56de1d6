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

/**
 * The converters that are compared, each with the connector configurations shipped for its format.
 */
public enum Wire {
  /** Kafka's JsonConverter, with schemas. */
  JSON("json", "config/source/plain.json", "config/sink/postgres-upsert.json") {
    @Override
    Map<String, String> adapted(Map<String, String> shipped) {
      shipped.replaceAll((key, value) -> value.equals(SHIPPED) ? KAFKAS : value);
      return shipped;
    }
  },
  /** This project's converter, which the shipped configurations name: of the same topic. */
  JSON_CACHED("json", "config/source/plain.json", "config/sink/postgres-upsert.json"),
  /** Apicurio's Avro converter in Confluent's wire format. */
  AVRO("avro", "config/source/avro-apicurio.json", "config/sink/postgres-avro-apicurio.json");

  private static final String SHIPPED = "io.lakehousecdc.converter.CachedSchemaJsonConverter";
  private static final String KAFKAS = "org.apache.kafka.connect.json.JsonConverter";
  private static final String CONVERTER = "(key|value|header)\\.converter.*";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String format;
  private final String source;
  private final String postgresSink;

  Wire(String format, String source, String postgresSink) {
    this.format = format;
    this.source = source;
    this.postgresSink = postgresSink;
  }

  /** As on the command line and in results. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** What the topic's records are: alike for converters that read the same topic. */
  public String format() {
    return format;
  }

  /** The topic of the orders that {@link TopicLoad} makes. */
  public String topic() {
    return format + ".public.orders";
  }

  /** The shipped settings, with this converter. */
  Map<String, String> adapted(Map<String, String> shipped) {
    return shipped;
  }

  /** The shipped configuration of the source; a new map, free to change. */
  public Map<String, String> source() {
    return adapted(configuration(ProjectFile.at(source)));
  }

  /** The shipped configuration of the sink into PostgreSQL; a new map, free to change. */
  public Map<String, String> postgresSink() {
    return adapted(configuration(ProjectFile.at(postgresSink)));
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
