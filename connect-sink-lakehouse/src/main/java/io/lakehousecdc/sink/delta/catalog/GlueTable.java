// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table as Glue describes Delta tables: Athena goes by the parameter {@code table_type}, Spark
 * and Trino by {@code spark.sql.sources.provider} and by the path among the parameters of the
 * serde. All of them take the columns from the Delta log; Lake Formation goes by those of Glue.
 */
final class GlueTable {
  private static final int LONGEST_COMMENT = 255;
  private static final int LONGEST_DESCRIPTION = 2048;

  /** What a table has, and an update may give again. */
  private static final List<String> KEPT =
      List.of(
          "Name",
          "Description",
          "Owner",
          "Retention",
          "StorageDescriptor",
          "PartitionKeys",
          "TableType",
          "Parameters");

  private final CatalogTable table;

  GlueTable(CatalogTable table) {
    this.table = table;
  }

  String database() {
    return table.schema().toLowerCase(Locale.ROOT);
  }

  String name() {
    return table.name().toLowerCase(Locale.ROOT);
  }

  /** The table, as one that is not there yet. */
  ObjectNode input() {
    ObjectNode input = Json.object().put("Name", name()).put("TableType", "EXTERNAL_TABLE");
    table
        .comment()
        .ifPresent(comment -> input.put("Description", line(comment, LONGEST_DESCRIPTION)));
    input
        .putObject("Parameters")
        .put("EXTERNAL", "TRUE")
        .put("table_type", "DELTA")
        .put("classification", "delta")
        .put("spark.sql.sources.provider", "delta");
    input.putArray("PartitionKeys");
    ObjectNode storage =
        input
            .putObject("StorageDescriptor")
            .put("Location", table.location())
            .put("InputFormat", "org.apache.hadoop.mapred.SequenceFileInputFormat")
            .put("OutputFormat", "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat");
    ObjectNode serde =
        storage
            .putObject("SerdeInfo")
            .put("SerializationLibrary", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe");
    serde.putObject("Parameters").put("serialization.format", "1").put("path", table.location());
    storage.set("Columns", columns(Map.of(), Set.of()));
    return input;
  }

  /**
   * @throws CatalogException what Glue has of that name is another table
   */
  void requireSame(JsonNode stored) throws CatalogException {
    JsonNode parameters = stored.path("Parameters");
    boolean isDelta =
        parameters.path("table_type").asText().equalsIgnoreCase("delta")
            || parameters.path("spark.sql.sources.provider").asText().equalsIgnoreCase("delta");
    String type = stored.path("TableType").asText();
    String location = location(stored);
    if (!isDelta || !type.equals("EXTERNAL_TABLE") || !table.isAt(location)) {
      throw CatalogException.taken(
          this
              + " in Glue is another table ("
              + (type + (isDelta ? " of Delta" : "") + " at " + location).strip()
              + ") than the one at "
              + table.location()
              + ". It is left alone. Drop it there, or map this one to another name with"
              + " table.name.map; names that differ in case alone are one to Glue.");
    }
  }

  /** Spark writes a placeholder for the location of the directory. */
  private static String location(JsonNode stored) {
    JsonNode storage = stored.path("StorageDescriptor");
    return storage
        .path("SerdeInfo")
        .path("Parameters")
        .path("path")
        .asText(storage.path("Location").asText(""));
  }

  /**
   * The table that Glue has, with the columns and the comment of this one; the rest of it stays.
   *
   * @return empty where nothing differs
   */
  Optional<ObjectNode> changed(JsonNode stored) {
    JsonNode storage = stored.path("StorageDescriptor");
    Map<String, String> comments = new HashMap<>();
    storage
        .path("Columns")
        .forEach(
            column ->
                comments.put(
                    CatalogColumn.key(column.path("Name").asText()),
                    column.path("Comment").asText("")));
    Set<String> keys = new HashSet<>();
    stored
        .path("PartitionKeys")
        .forEach(key -> keys.add(CatalogColumn.key(key.path("Name").asText())));
    ArrayNode columns = columns(comments, keys);
    Optional<String> description =
        table
            .comment()
            .map(comment -> line(comment, LONGEST_DESCRIPTION))
            .filter(text -> !text.equals(stored.path("Description").asText("")));
    if (matches(columns, storage.path("Columns")) && description.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode input = Json.object();
    KEPT.stream().filter(stored::has).forEach(key -> input.set(key, stored.get(key).deepCopy()));
    description.ifPresent(text -> input.put("Description", text));
    input.withObject("/StorageDescriptor").set("Columns", columns);
    return Optional.of(input);
  }

  private ArrayNode columns(Map<String, String> comments, Set<String> without) {
    ArrayNode columns = Json.object().arrayNode();
    for (CatalogColumn column : CatalogColumn.of(table, comments)) {
      String key = CatalogColumn.key(column.name());
      if (!without.contains(key)) {
        ObjectNode written =
            columns.addObject().put("Name", key).put("Type", ColumnTypes.hive(column.type()));
        column.comment().ifPresent(text -> written.put("Comment", line(text, LONGEST_COMMENT)));
      }
    }
    return columns;
  }

  private static boolean matches(ArrayNode columns, JsonNode stored) {
    if (columns.size() != stored.size()) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      for (String key : List.of("Name", "Type", "Comment")) {
        String one = columns.get(i).path(key).asText("");
        String other = stored.get(i).path(key).asText("");
        if (!(key.equals("Comment") ? one.equals(other) : one.equalsIgnoreCase(other))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Glue takes comments of one line, and of some length. */
  private static String line(String text, int longest) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > longest ? line.substring(0, longest) : line;
  }

  @Override
  public String toString() {
    return database() + "." + name();
  }
}
