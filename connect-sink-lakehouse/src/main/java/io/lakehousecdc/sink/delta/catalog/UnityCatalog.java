// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unity Catalog. Tables are external ones of the format Delta, whose readers take columns from the
 * Delta log. What the catalogue shows of them is changed through its API for Delta, which older
 * servers do not have; then it stays as it was.
 */
final class UnityCatalog implements Catalog {
  private static final Logger LOG = LoggerFactory.getLogger(UnityCatalog.class);
  private static final Pattern NOT_ALLOWED = Pattern.compile("[./ \\p{Cntrl}]");

  private final UnityClient client;
  private final UnitySettings settings;
  private boolean toldOfOldColumns;

  UnityCatalog(UnitySettings settings) {
    this.settings = settings;
    this.client = new UnityClient(settings);
  }

  @Override
  public void check() throws CatalogException {
    if (client.find("/catalogs" + UnityClient.path(settings.catalog())).isEmpty()) {
      throw CatalogException.refused(
          UnitySettings.NAME,
          "Unity Catalog at "
              + settings.endpoint()
              + " has no catalog "
              + settings.catalog()
              + ", or does not show it. Create it, grant USE CATALOG on it, or correct "
              + UnitySettings.NAME
              + ".");
    }
  }

  @Override
  public Outcome register(CatalogTable table) throws CatalogException {
    requireName(table);
    Optional<JsonNode> stored = find(table);
    if (stored.isEmpty()) {
      if (created(table)) {
        return Outcome.CREATED;
      }
      // Another worker was faster.
      stored = find(table);
      if (stored.isEmpty()) {
        throw CatalogException.refused(
            UnitySettings.NAME, fullName(table) + " is there and not there: it is asked again.");
      }
    }
    requireSame(table, stored.get());
    return updated(table, stored.get());
  }

  private void requireName(CatalogTable table) throws CatalogException {
    for (String part : List.of(table.schema(), table.name())) {
      if (NOT_ALLOWED.matcher(part).find()) {
        throw CatalogException.taken(
            "Unity Catalog allows no dot, slash, space or control character in the name '"
                + part
                + "'. Map the table to another name with table.name.map.");
      }
    }
  }

  private String fullName(CatalogTable table) {
    return settings.catalog() + "." + table.schema() + "." + table.name();
  }

  private Optional<JsonNode> find(CatalogTable table) throws CatalogException {
    return client.find("/tables" + UnityClient.path(fullName(table)));
  }

  private boolean created(CatalogTable table) throws CatalogException {
    String schema = settings.catalog() + "." + table.schema();
    if (client.find("/schemas" + UnityClient.path(schema)).isEmpty()) {
      client.create(
          "/schemas",
          Json.object().put("name", table.schema()).put("catalog_name", settings.catalog()));
    }
    ObjectNode body =
        Json.object()
            .put("name", table.name())
            .put("catalog_name", settings.catalog())
            .put("schema_name", table.schema())
            .put("table_type", "EXTERNAL")
            .put("data_source_format", "DELTA")
            .put("storage_location", table.location());
    table.comment().ifPresent(comment -> body.put("comment", comment));
    body.set("columns", columns(table));
    return client.create("/tables", body);
  }

  private static ArrayNode columns(CatalogTable table) {
    ArrayNode columns = Json.object().arrayNode();
    for (CatalogColumn column : CatalogColumn.of(table, Map.of())) {
      ObjectNode written =
          columns
              .addObject()
              .put("name", column.name())
              .put("type_text", ColumnTypes.sql(column.type()))
              .put("type_name", ColumnTypes.unity(column.type()))
              .put("type_json", column.field().toString())
              .put("position", columns.size() - 1)
              .put("nullable", column.nullable());
      column.comment().ifPresent(comment -> written.put("comment", comment));
      precision(column.type()).ifPresent(numbers -> written.setAll(numbers));
      int partition = table.partitionColumns().indexOf(column.name());
      if (partition >= 0) {
        written.put("partition_index", partition);
      }
    }
    return columns;
  }

  private static Optional<ObjectNode> precision(JsonNode type) {
    if (!type.asText("").startsWith("decimal(")) {
      return Optional.empty();
    }
    String[] numbers = type.asText().replaceAll("[^0-9,]", "").split(",");
    return Optional.of(
        Json.object()
            .put("type_precision", Integer.parseInt(numbers[0]))
            .put("type_scale", Integer.parseInt(numbers[1])));
  }

  private void requireSame(CatalogTable table, JsonNode stored) throws CatalogException {
    String type = stored.path("table_type").asText();
    String format = stored.path("data_source_format").asText();
    String location = stored.path("storage_location").asText();
    if (!type.equals("EXTERNAL") || !format.equals("DELTA") || !table.isAt(location)) {
      throw CatalogException.taken(
          fullName(table)
              + " in Unity Catalog is another table ("
              + (type + " " + format + " at " + location).strip()
              + ") than the one at "
              + table.location()
              + ". It is left alone. Drop it there, or map this one to another name with"
              + " table.name.map.");
    }
  }

  private Outcome updated(CatalogTable table, JsonNode stored) throws CatalogException {
    Map<String, String> comments = new HashMap<>();
    stored
        .path("columns")
        .forEach(
            column ->
                comments.put(
                    CatalogColumn.key(column.path("name").asText()),
                    column.path("comment").asText("")));
    List<CatalogColumn> columns = CatalogColumn.of(table, comments);
    boolean sameColumns = matches(columns, stored.path("columns"));
    Optional<String> comment =
        table.comment().filter(text -> !text.equals(stored.path("comment").asText("")));
    if (sameColumns && comment.isEmpty()) {
      return Outcome.UNCHANGED;
    }
    String path =
        "/delta/v1"
            + UnityClient.path(
                "catalogs", settings.catalog(), "schemas", table.schema(), "tables", table.name());
    Optional<JsonNode> loaded = client.find(path).map(answer -> answer.path("metadata"));
    if (loaded.isEmpty()) {
      tellOfOldColumns(table);
      return Outcome.UNCHANGED;
    }
    client.post(path, update(loaded.get(), sameColumns ? List.of() : columns, comment));
    return Outcome.UPDATED;
  }

  /** Refused where somebody has changed the table since, and asked again then. */
  private static ObjectNode update(
      JsonNode loaded, List<CatalogColumn> columns, Optional<String> comment) {
    ObjectNode body = Json.object();
    ArrayNode requirements = body.putArray("requirements");
    requirements
        .addObject()
        .put("type", "assert-table-uuid")
        .put("uuid", loaded.path("table-uuid").asText());
    requirements.addObject().put("type", "assert-etag").put("etag", loaded.path("etag").asText());
    ArrayNode updates = body.putArray("updates");
    if (!columns.isEmpty()) {
      ObjectNode struct =
          updates
              .addObject()
              .put("action", "set-columns")
              .putObject("columns")
              .put("type", "struct");
      ArrayNode fields = struct.putArray("fields");
      columns.forEach(column -> fields.add(ColumnTypes.unityDeltaField(column.field())));
    }
    comment.ifPresent(
        text -> updates.addObject().put("action", "set-table-comment").put("comment", text));
    return body;
  }

  private static boolean matches(List<CatalogColumn> columns, JsonNode stored) {
    if (columns.size() != stored.size()) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      CatalogColumn column = columns.get(i);
      JsonNode other = stored.get(i);
      boolean same =
          CatalogColumn.key(column.name()).equals(CatalogColumn.key(other.path("name").asText()))
              && plain(ColumnTypes.sql(column.type()))
                  .equals(plain(other.path("type_text").asText()))
              && column.comment().orElse("").equals(other.path("comment").asText("").strip());
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static String plain(String type) {
    return type.replace(" ", "").toLowerCase(Locale.ROOT);
  }

  private void tellOfOldColumns(CatalogTable table) {
    if (!toldOfOldColumns) {
      toldOfOldColumns = true;
      LOG.warn(
          "Unity Catalog at {} shows old columns or comments of {}, and maybe of others: it has no"
              + " API to change them (delta/v1). Readers take the columns from the Delta log all the"
              + " same. Update the server, or run MSCK REPAIR TABLE … SYNC METADATA in Databricks.",
          settings.endpoint(),
          fullName(table));
    }
  }
}
