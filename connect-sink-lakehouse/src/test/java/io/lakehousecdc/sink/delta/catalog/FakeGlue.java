// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS Glue's JSON API as far as the sink uses it, made from its API reference, in region {@code
 * eu-central-1}. It checks signatures by itself.
 */
final class FakeGlue extends HttpFake {
  static final String KEY_ID = "AKIDEXAMPLE";
  static final String SECRET = "the-secret-key";
  static final String REGION = "eu-central-1";

  private final Set<String> databases = new HashSet<>();
  private final Map<String, ObjectNode> tables = new TreeMap<>();
  private final Map<String, Integer> versions = new TreeMap<>();
  private String refusal = "";

  FakeGlue() throws IOException {}

  /** The next request is refused with an exception of that name. */
  synchronized void refuseNext(String code) {
    refusal = code;
  }

  synchronized JsonNode table(String name) {
    return tables.containsKey(name) ? tables.get(name).deepCopy() : null;
  }

  /** A table that somebody else has made. */
  synchronized void putTable(String name, ObjectNode input) {
    databases.add(name.substring(0, name.indexOf('.')));
    tables.put(name, input);
    versions.merge(name, 1, Integer::sum);
  }

  synchronized String columns(String name) {
    StringBuilder columns = new StringBuilder();
    tables
        .get(name)
        .path("StorageDescriptor")
        .path("Columns")
        .forEach(
            column ->
                columns
                    .append(column.path("Name").asText())
                    .append(' ')
                    .append(column.path("Type").asText())
                    .append(", "));
    return columns.toString();
  }

  @Override
  String described(String path, Headers headers) {
    return headers.getFirst("X-Amz-Target");
  }

  @Override
  Answer answer(String method, String path, Headers headers, String body) {
    if (!refusal.isEmpty()) {
      String code = refusal;
      refusal = "";
      return refused(code);
    }
    if (!isSigned(method, path, headers, body)) {
      return refused("InvalidSignatureException");
    }
    JsonNode request = Json.parsed(body);
    String database = request.path("DatabaseName").asText();
    JsonNode input = request.path("TableInput");
    String table = database + "." + input.path("Name").asText(request.path("Name").asText());
    return switch (headers.getFirst("X-Amz-Target")) {
      case "AWSGlue.GetDatabases" -> new Answer(200, Json.object());
      case "AWSGlue.GetDatabase" ->
          databases.contains(request.path("Name").asText())
              ? new Answer(200, Json.object())
              : refused("EntityNotFoundException");
      case "AWSGlue.CreateDatabase" ->
          databases.add(request.path("DatabaseInput").path("Name").asText())
              ? new Answer(200, Json.object())
              : refused("AlreadyExistsException");
      case "AWSGlue.GetTable" -> get(table);
      case "AWSGlue.CreateTable" -> create(database, table, (ObjectNode) input);
      case "AWSGlue.UpdateTable" -> update(table, request, (ObjectNode) input);
      default -> refused("InvalidInputException");
    };
  }

  private Answer get(String table) {
    if (!tables.containsKey(table)) {
      return refused("EntityNotFoundException");
    }
    ObjectNode answer = Json.object();
    ObjectNode told = tables.get(table).deepCopy();
    told.put("DatabaseName", table).put("CreatedBy", "somebody");
    told.put("VersionId", String.valueOf(versions.get(table)));
    answer.set("Table", told);
    return new Answer(200, answer);
  }

  private Answer create(String database, String table, ObjectNode input) {
    if (!databases.contains(database)) {
      return refused("EntityNotFoundException");
    }
    if (tables.containsKey(table)) {
      return refused("AlreadyExistsException");
    }
    putTable(table, input);
    return new Answer(200, Json.object());
  }

  private Answer update(String table, JsonNode request, ObjectNode input) {
    if (input.has("CreatedBy") || input.has("DatabaseName")) {
      return refused("InvalidInputException");
    }
    if (!request.path("VersionId").asText().equals(String.valueOf(versions.get(table)))) {
      return refused("ConcurrentModificationException");
    }
    putTable(table, input);
    return new Answer(200, Json.object());
  }

  private static Answer refused(String code) {
    return new Answer(400, Json.object().put("__type", code).put("Message", "told " + code));
  }

  /** Whether the request carries the signature that AWS's documents (Signature Version 4) tell. */
  private static boolean isSigned(String method, String path, Headers headers, String body) {
    String authorization = String.valueOf(headers.getFirst("Authorization"));
    String time = String.valueOf(headers.getFirst("X-Amz-Date"));
    String scope = time.substring(0, 8) + "/" + REGION + "/glue/aws4_request";
    if (!authorization.contains("Credential=" + KEY_ID + "/" + scope)) {
      return false;
    }
    String names = authorization.replaceFirst(".*SignedHeaders=([^,]+),.*", "$1");
    StringBuilder canonical = new StringBuilder(method + "\n" + path + "\n\n");
    for (String name : names.split(";")) {
      canonical.append(name).append(':').append(headers.getFirst(name)).append('\n');
    }
    canonical.append('\n').append(names).append('\n').append(hash(body));
    String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hash(canonical.toString());
    byte[] key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    return authorization.endsWith("Signature=" + HexFormat.of().formatHex(hmac(key, text)));
  }

  private static String hash(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
