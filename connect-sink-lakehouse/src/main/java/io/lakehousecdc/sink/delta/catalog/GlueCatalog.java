// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The AWS Glue Data Catalog. Its databases and tables have names in lower case. */
final class GlueCatalog implements Catalog {
  private final GlueClient client;
  private final Runnable release;

  /**
   * @param release called when this is closed
   */
  GlueCatalog(GlueClient client, Runnable release) {
    this.client = client;
    this.release = release;
  }

  @Override
  public void close() {
    release.run();
  }

  @Override
  public void check() throws CatalogException {
    client.call("GetDatabases", Json.object().put("MaxResults", 1));
  }

  @Override
  public Outcome register(CatalogTable table) throws CatalogException {
    GlueTable wanted = new GlueTable(table);
    Optional<JsonNode> stored = find(wanted);
    if (stored.isEmpty()) {
      if (created(wanted)) {
        return Outcome.CREATED;
      }
      // Another worker was faster.
      stored = find(wanted);
      if (stored.isEmpty()) {
        throw CatalogException.refused(
            CatalogSettings.CATALOG, wanted + " is there and not there: it is asked again.");
      }
    }
    wanted.requireSame(stored.get());
    Optional<ObjectNode> changed = wanted.changed(stored.get());
    if (changed.isEmpty()) {
      return Outcome.UNCHANGED;
    }
    ObjectNode request = Json.object().put("DatabaseName", wanted.database());
    request.set("TableInput", changed.get());
    // Refused where somebody has changed the table since, and asked again then.
    String version = stored.get().path("VersionId").asText("");
    if (!version.isEmpty()) {
      request.put("VersionId", version);
    }
    client.call("UpdateTable", request.put("SkipArchive", true));
    return Outcome.UPDATED;
  }

  private Optional<JsonNode> find(GlueTable table) throws CatalogException {
    return client
        .find(
            "GetTable",
            Json.object().put("DatabaseName", table.database()).put("Name", table.name()))
        .map(answer -> answer.path("Table"));
  }

  private boolean created(GlueTable table) throws CatalogException {
    if (client.find("GetDatabase", Json.object().put("Name", table.database())).isEmpty()) {
      ObjectNode request = Json.object();
      request.putObject("DatabaseInput").put("Name", table.database());
      client.create("CreateDatabase", request);
    }
    ObjectNode request = Json.object().put("DatabaseName", table.database());
    request.set("TableInput", table.input());
    return client.create("CreateTable", request);
  }
}
