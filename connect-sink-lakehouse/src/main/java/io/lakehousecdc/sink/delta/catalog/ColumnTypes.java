// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What catalogues call the types of Delta columns. A type is given as the log writes it (the Delta
 * protocol, "Schema Serialization Format"): a word, or an object for arrays, maps and structs.
 */
final class ColumnTypes {
  /** Where SQL has another word than Delta. */
  private static final Map<String, String> SQL =
      Map.of("byte", "tinyint", "short", "smallint", "integer", "int", "long", "bigint");

  private ColumnTypes() {}

  /** The type in SQL, as Spark writes it: {@code array<struct<id:bigint>>}. */
  static String sql(JsonNode type) {
    if (type.isTextual()) {
      return SQL.getOrDefault(type.asText(), type.asText());
    }
    return switch (type.path("type").asText()) {
      case "array" -> "array<" + sql(type.path("elementType")) + ">";
      case "map" -> "map<" + sql(type.path("keyType")) + "," + sql(type.path("valueType")) + ">";
      default -> {
        List<String> fields = new ArrayList<>();
        type.path("fields")
            .forEach(
                field -> fields.add(field.path("name").asText() + ":" + sql(field.path("type"))));
        yield "struct<" + String.join(",", fields) + ">";
      }
    };
  }

  /** The type in Hive, which knows one kind of timestamp. */
  static String hive(JsonNode type) {
    return sql(type).replace("timestamp_ntz", "timestamp");
  }

  /** The name in Unity Catalog's list of types, {@code ColumnTypeName}. */
  static String unity(JsonNode type) {
    String name = type.isTextual() ? type.asText() : type.path("type").asText();
    if (name.startsWith("decimal")) {
      return "DECIMAL";
    }
    return name.equals("integer") ? "INT" : name.toUpperCase(Locale.ROOT);
  }

  /** The type as Unity Catalog's API for Delta writes it: the log's form with other names. */
  static JsonNode unityDelta(JsonNode type) {
    if (!type.isObject()) {
      return type;
    }
    ObjectNode written = Json.object().put("type", type.path("type").asText());
    switch (type.path("type").asText()) {
      case "array" -> {
        written.set("element-type", unityDelta(type.path("elementType")));
        written.set("contains-null", type.path("containsNull"));
      }
      case "map" -> {
        written.set("key-type", unityDelta(type.path("keyType")));
        written.set("value-type", unityDelta(type.path("valueType")));
        written.set("value-contains-null", type.path("valueContainsNull"));
      }
      default -> {
        var fields = written.putArray("fields");
        type.path("fields").forEach(field -> fields.add(unityDeltaField(field)));
      }
    }
    return written;
  }

  /** A field as Unity Catalog's API for Delta writes it. */
  static ObjectNode unityDeltaField(JsonNode field) {
    ObjectNode written = Json.object();
    written.put("name", field.path("name").asText());
    written.set("type", unityDelta(field.path("type")));
    written.put("nullable", field.path("nullable").asBoolean(true));
    written.set(
        "metadata", field.path("metadata").isObject() ? field.get("metadata") : Json.object());
    return written;
  }
}
