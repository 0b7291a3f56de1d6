// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Unity Catalog's REST API as far as the sink uses it, made from its OpenAPI documents. It has the
 * catalog {@code lake}.
 */
public final class FakeUnity extends HttpFake {
  public static final String TOKEN = "the-token";
  static final String CLIENT_ID = "the-client";
  static final String CLIENT_SECRET = "the-secret";
  private static final String API = "/api/2.1/unity-catalog";

  private final Set<String> schemas = new HashSet<>();
  private final Map<String, ObjectNode> tables = new TreeMap<>();
  private final Set<String> tokens = new HashSet<>(Set.of(TOKEN));
  private boolean hasDeltaApi = true;
  private int changes;
  private int granted;
  private long tokenLife = 3600;

  public FakeUnity() throws IOException {}

  /** As before version 0.5: columns cannot be changed. */
  synchronized FakeUnity withoutDeltaApi() {
    hasDeltaApi = false;
    return this;
  }

  synchronized void tokensLive(long seconds) {
    tokenLife = seconds;
  }

  /** Accepts no token that was handed out so far. */
  synchronized void revokeTokens() {
    tokens.clear();
  }

  synchronized int granted() {
    return granted;
  }

  /** Settings of a sink that uses it, without the store's. */
  public Map<String, String> settings() {
    return Map.of(
        CatalogSettings.CATALOG,
        "unity",
        UnitySettings.ENDPOINT,
        address(),
        UnitySettings.NAME,
        "lake",
        UnitySettings.TOKEN,
        TOKEN);
  }

  /** What it knows of a table; null where it has none. */
  public synchronized JsonNode table(String fullName) {
    ObjectNode table = tables.get(fullName);
    return table == null ? null : table.deepCopy();
  }

  /** Names and types of a table's columns. */
  public synchronized String columns(String fullName) {
    StringBuilder columns = new StringBuilder();
    JsonNode table = tables.get(fullName);
    if (table != null) {
      table
          .path("columns")
          .forEach(
              c ->
                  columns
                      .append(c.path("name").asText())
                      .append(' ')
                      .append(c.path("type_text").asText())
                      .append(", "));
    }
    return columns.toString();
  }

  /** Somebody writes a comment. */
  synchronized void commentColumn(String fullName, int place, String comment) {
    ((ObjectNode) tables.get(fullName).path("columns").get(place)).put("comment", comment);
  }

  /** A table that somebody else has made. */
  synchronized void putTable(String fullName, ObjectNode table) {
    schemas.add(fullName.substring(0, fullName.lastIndexOf('.')));
    tables.put(fullName, table.put("table_id", UUID.randomUUID().toString()));
  }

  @Override
  Answer answer(String method, String uri, Headers headers, String body) {
    if (uri.equals("/oidc/v1/token")) {
      return token(headers, body);
    }
    String authorization = headers.getFirst("Authorization");
    if (authorization == null || !tokens.contains(authorization.replaceFirst("^Bearer ", ""))) {
      return refused(401, "UNAUTHENTICATED");
    }
    if (!uri.startsWith(API)) {
      return refused(404, "NOT_FOUND");
    }
    String path = URLDecoder.decode(uri.substring(API.length()), StandardCharsets.UTF_8);
    String last = path.substring(path.lastIndexOf('/') + 1);
    JsonNode request = body.isEmpty() ? null : Json.parsed(body);
    if (path.startsWith("/delta/v1/")) {
      return hasDeltaApi ? delta(path.split("/"), request) : new Answer(404, null);
    }
    if (request == null) {
      return switch (path.substring(0, path.lastIndexOf('/'))) {
        case "/catalogs" ->
            last.equals("lake")
                ? new Answer(200, Json.object().put("name", last))
                : refused(404, "CATALOG_NOT_FOUND");
        case "/schemas" ->
            schemas.contains(last)
                ? new Answer(200, Json.object().put("full_name", last))
                : refused(404, "SCHEMA_NOT_FOUND");
        case "/tables" ->
            tables.containsKey(last)
                ? new Answer(200, tables.get(last).deepCopy())
                : refused(404, "TABLE_NOT_FOUND");
        default -> refused(404, "NOT_FOUND");
      };
    }
    return switch (path) {
      case "/schemas" -> createSchema(request);
      case "/tables" -> createTable((ObjectNode) request);
      case "/temporary-path-credentials" -> credentials(request.path("url").asText());
      default -> refused(404, "NOT_FOUND");
    };
  }

  private Answer token(Headers headers, String body) {
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((CLIENT_ID + ":" + CLIENT_SECRET).getBytes(StandardCharsets.UTF_8));
    if (!basic.equals(headers.getFirst("Authorization"))
        || !body.contains("grant_type=client_credentials")) {
      return new Answer(401, Json.object().put("error", "invalid_client"));
    }
    String token = "granted-" + ++granted;
    tokens.add(token);
    return new Answer(
        200,
        Json.object()
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("expires_in", tokenLife));
  }

  private Answer createSchema(JsonNode request) {
    String name = request.path("catalog_name").asText() + "." + request.path("name").asText();
    if (!name.startsWith("lake.")) {
      return refused(404, "CATALOG_NOT_FOUND");
    }
    return schemas.add(name)
        ? new Answer(200, Json.object().put("full_name", name))
        : refused(400, "SCHEMA_ALREADY_EXISTS");
  }

  private Answer createTable(ObjectNode request) {
    String schema =
        request.path("catalog_name").asText() + "." + request.path("schema_name").asText();
    if (!schemas.contains(schema)) {
      return refused(404, "SCHEMA_NOT_FOUND");
    }
    String name = schema + "." + request.path("name").asText();
    if (tables.containsKey(name)) {
      return refused(400, "TABLE_ALREADY_EXISTS");
    }
    putTable(name, request);
    return new Answer(200, request.deepCopy());
  }

  private Answer credentials(String url) {
    ObjectNode answer = Json.object().put("url", url);
    if (url.startsWith("s3://")) {
      answer
          .putObject("aws_temp_credentials")
          .put("access_key_id", "key-of-" + url)
          .put("secret_access_key", "secret-of-" + url)
          .put("session_token", "session-of-" + url);
    } else if (url.startsWith("abfss://")) {
      answer.putObject("azure_user_delegation_sas").put("sas_token", "sig=" + url);
    } else if (url.startsWith("gs://")) {
      answer.putObject("gcp_oauth_token").put("oauth_token", "token-of-" + url);
    } else {
      return refused(403, "PERMISSION_DENIED");
    }
    return new Answer(
        200, answer.put("expiration_time", Instant.now().plusSeconds(tokenLife).toEpochMilli()));
  }

  /** {@code /delta/v1/catalogs/c/schemas/s/tables/t}. */
  private Answer delta(String[] path, JsonNode request) {
    String name = path[4] + "." + path[6] + "." + path[8];
    ObjectNode table = tables.get(name);
    if (table == null) {
      return deltaRefused(404, "NoSuchTableException");
    }
    if (request == null) {
      return new Answer(200, loaded(table));
    }
    for (JsonNode requirement : request.path("requirements")) {
      boolean holds =
          requirement.path("type").asText().equals("assert-table-uuid")
              ? requirement.path("uuid").equals(table.path("table_id"))
              : requirement.path("etag").asText().equals("etag-" + changes);
      if (!holds) {
        return deltaRefused(409, "UpdateRequirementConflictException");
      }
    }
    for (JsonNode update : request.path("updates")) {
      switch (update.path("action").asText()) {
        case "set-columns" -> table.set("columns", columns(update.path("columns")));
        case "set-table-comment" -> table.set("comment", update.path("comment"));
        default -> {
          return deltaRefused(400, "InvalidParameterValueException");
        }
      }
    }
    changes++;
    return new Answer(200, loaded(table));
  }

  private ObjectNode loaded(ObjectNode table) {
    ObjectNode answer = Json.object();
    answer
        .putObject("metadata")
        .put("etag", "etag-" + changes)
        .put("table-type", "EXTERNAL")
        .put("table-uuid", table.path("table_id").asText())
        .put("location", table.path("storage_location").asText());
    return answer;
  }

  private static ArrayNode columns(JsonNode struct) {
    ArrayNode columns = Json.object().arrayNode();
    for (JsonNode field : struct.path("fields")) {
      columns
          .addObject()
          .put("name", field.path("name").asText())
          .put("type_text", text(field.path("type")))
          .put("nullable", field.path("nullable").asBoolean())
          .set("comment", field.path("metadata").path("comment"));
    }
    return columns;
  }

  private static String text(JsonNode type) {
    if (type.isObject()) {
      return type.path("type").asText() + "<" + text(type.path("element-type")) + ">";
    }
    return Map.of("long", "bigint", "integer", "int").getOrDefault(type.asText(), type.asText());
  }

  private static Answer refused(int status, String code) {
    return new Answer(status, Json.object().put("error_code", code).put("message", "told " + code));
  }

  private static Answer deltaRefused(int status, String type) {
    ObjectNode answer = Json.object();
    answer.putObject("error").put("message", "told").put("type", type).put("code", status);
    return new Answer(status, answer);
  }
}
