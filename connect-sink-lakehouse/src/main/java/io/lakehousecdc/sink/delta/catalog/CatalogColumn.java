// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A column, as the Delta log describes it.
 *
 * @param field the log's field: name, type, nullable, metadata
 */
record CatalogColumn(JsonNode field) {

  /** The columns of a table, those of the catalogue's comments that the log has none for kept. */
  static List<CatalogColumn> of(CatalogTable table, Map<String, String> comments) {
    List<CatalogColumn> columns = new ArrayList<>();
    for (JsonNode field : Json.parsed(table.schemaJson()).path("fields")) {
      columns.add(new CatalogColumn(field).commented(comments));
    }
    return columns;
  }

  private CatalogColumn commented(Map<String, String> comments) {
    String other = comments.get(key(name()));
    if (other == null || other.isBlank() || comment().isPresent()) {
      return this;
    }
    ObjectNode copy = field.deepCopy();
    copy.withObject("/metadata").put("comment", other);
    return new CatalogColumn(copy);
  }

  /**
   * What names that differ in case alone have in common: to Delta, and catalogues, they are one.
   */
  static String key(String name) {
    return name.toLowerCase(java.util.Locale.ROOT);
  }

  String name() {
    return field.path("name").asText();
  }

  JsonNode type() {
    return field.path("type");
  }

  boolean nullable() {
    return field.path("nullable").asBoolean(true);
  }

  Optional<String> comment() {
    return Optional.of(field.path("metadata").path("comment").asText("")).filter(c -> !c.isBlank());
  }
}
