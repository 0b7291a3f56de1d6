// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A client of Unity Catalog's REST API ({@code api/all.yaml} and {@code api/delta.yaml} of
 * unitycatalog/unitycatalog; Databricks serves the same). Thread-safe.
 */
final class UnityClient {
  private static final int LONGEST_REASON = 300;

  private final UnitySettings settings;
  private final JsonHttp http;
  private final Optional<Tokens> tokens;

  UnityClient(UnitySettings settings) {
    this.settings = settings;
    this.http = new JsonHttp("Unity Catalog", UnitySettings.ENDPOINT);
    this.tokens = settings.tokens(http);
  }

  /** Percent-encodes names, as parts of a path. */
  static String path(String... parts) {
    StringBuilder path = new StringBuilder();
    for (String part : parts) {
      path.append('/').append(encoded(part));
    }
    return path.toString();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Asks for something; empty where the service does not know it.
   *
   * @throws CatalogException there is no answer, or it is another refusal
   */
  Optional<JsonNode> find(String path) throws CatalogException {
    JsonHttp.Answer answer = send(path, null);
    if (answer.status() == 404 || answer.status() == 501) {
      return Optional.empty();
    }
    return Optional.of(accepted(path, answer));
  }

  /**
   * Asks the service to do something.
   *
   * @throws CatalogException it has not
   */
  JsonNode post(String path, JsonNode body) throws CatalogException {
    return accepted(path, send(path, body));
  }

  /**
   * Asks the service to make something.
   *
   * @return false where there is something of that name
   * @throws CatalogException it has not
   */
  boolean create(String path, JsonNode body) throws CatalogException {
    JsonHttp.Answer answer = send(path, body);
    if (answer.status() == 409 || code(answer).contains("ALREADY_EXISTS")) {
      return false;
    }
    accepted(path, answer);
    return true;
  }

  private JsonHttp.Answer send(String path, JsonNode body) throws CatalogException {
    Optional<String> token =
        tokens.isPresent() ? Optional.of(tokens.get().token()) : Optional.empty();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.api() + path)).timeout(JsonHttp.ANSWER);
    request.header("Accept", "application/json");
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (body != null) {
      request.header("Content-Type", "application/json");
      request.POST(BodyPublishers.ofString(body.toString()));
    }
    JsonHttp.Answer answer = http.send(request.build());
    if (answer.status() == 401) {
      token.ifPresent(text -> tokens.get().refused(text));
      throw CatalogException.unavailable(
          settings.clientId().isPresent() ? UnitySettings.CLIENT_SECRET : UnitySettings.TOKEN,
          "Unity Catalog at "
              + settings.endpoint()
              + " does not accept the token (401). Set "
              + UnitySettings.TOKEN
              + " to one that is valid, or "
              + UnitySettings.CLIENT_ID
              + " and its secret, whose tokens are renewed.",
          null);
    }
    return answer;
  }

  private JsonNode accepted(String path, JsonHttp.Answer answer) throws CatalogException {
    if (answer.succeeded() && !answer.body().isMissingNode()) {
      return answer.body();
    }
    String what =
        settings.endpoint() + " answers " + answer.status() + reason(answer) + " to " + path;
    if (answer.mayPass()) {
      throw CatalogException.unavailable(
          UnitySettings.ENDPOINT, "Unity Catalog at " + what + ". It is asked again.", null);
    }
    if (answer.status() == 403) {
      throw CatalogException.refused(
          UnitySettings.NAME,
          "Unity Catalog at "
              + what
              + ". Grant the principal of the token USE CATALOG and CREATE SCHEMA on the catalog,"
              + " USE SCHEMA and CREATE TABLE on the schema, and CREATE EXTERNAL TABLE on the"
              + " external location that holds delta.root.");
    }
    if (answer.succeeded() || answer.status() / 100 == 3) {
      throw CatalogException.unavailable(
          UnitySettings.ENDPOINT,
          what
              + ", which is not what Unity Catalog says. Set "
              + UnitySettings.ENDPOINT
              + " to the address of the workspace or server itself.",
          null);
    }
    throw CatalogException.refused(
        UnitySettings.NAME,
        "Unity Catalog at "
            + what
            + ". Make it accept the table, or set "
            + CatalogSettings.CATALOG
            + " to none.");
  }

  private static String code(JsonHttp.Answer answer) {
    return answer.body().path("error_code").asText("");
  }

  /** In the form of the API at large, or of its part for Delta. */
  private static String reason(JsonHttp.Answer answer) {
    JsonNode error = answer.body().path("error");
    String code = error.isObject() ? error.path("type").asText("") : code(answer);
    String message = (error.isObject() ? error : answer.body()).path("message").asText("");
    String reason = (code + " " + message).strip();
    if (reason.isEmpty()) {
      return "";
    }
    return " ("
        + (reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason)
        + ")";
  }
}
