// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.rest.Answer;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.rest.ObjectStore;
import io.lakehousecdc.sink.delta.rest.PartUpload;
import io.lakehousecdc.sink.delta.rest.RefusedException;
import io.lakehousecdc.sink.delta.rest.RestClient;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The requests of Google Cloud Storage. */
final class GcsStore implements ObjectStore {
  static final String NO_BUCKET = "bucket does not exist";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTENT_TYPE = "application/octet-stream";
  private static final String OBJECTS = "/storage/v1/b/";
  private static final String UPLOADS = "/upload/storage/v1/b/";

  private final RestClient client;
  private final String endpoint;
  private final Optional<String> billedProject;

  /**
   * @param endpoint without a slash at the end
   * @param billedProject empty for the bucket's
   */
  GcsStore(RestClient client, URI endpoint, Optional<String> billedProject) {
    this.client = client;
    this.endpoint = endpoint.toString();
    this.billedProject = billedProject;
  }

  @Override
  public Optional<Found> head(ObjectName name) throws IOException {
    Call call =
        Call.of(
            Operation.HEAD, name, "GET", object(name, Map.of("fields", "size,updated,generation")));
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      return Optional.empty();
    }
    JsonNode object = json(call, require(call, answer, 200));
    return Optional.of(
        new Found(
            object.path("size").asLong(),
            Instant.parse(object.path("updated").asText()).toEpochMilli(),
            false,
            object.path("generation").asText()));
  }

  @Override
  public Page list(Listing listing, String token) throws IOException {
    Map<String, String> query = new TreeMap<>();
    query.put("fields", "nextPageToken,prefixes,items(name,size,updated)");
    query.put("maxResults", Integer.toString(listing.limit()));
    query.put("prefix", listing.prefix());
    if (!listing.from().isEmpty()) {
      query.put("startOffset", listing.from());
    }
    if (!listing.flat()) {
      query.put("delimiter", "/");
    }
    if (token != null) {
      query.put("pageToken", token);
    }
    Call call =
        Call.of(
            Operation.LIST,
            new ObjectName(listing.bucket(), listing.prefix()),
            "GET",
            uri(OBJECTS, listing.bucket(), "/o", query));
    JsonNode page = json(call, require(call, client.send(call), 200));
    List<Listed> files = new ArrayList<>();
    for (JsonNode item : page.path("items")) {
      String key = item.path("name").asText();
      if (!key.endsWith("/")) {
        files.add(
            new Listed(
                key,
                item.path("size").asLong(),
                Instant.parse(item.path("updated").asText()).toEpochMilli()));
      }
    }
    boolean anything = !page.path("items").isEmpty() || !page.path("prefixes").isEmpty();
    return new Page(files, anything, page.path("nextPageToken").textValue());
  }

  @Override
  public Piece get(ObjectName name, long from, int length, String version) throws IOException {
    Map<String, String> query = new TreeMap<>(Map.of("alt", "media"));
    if (version != null) {
      query.put("ifGenerationMatch", version);
    }
    Call call =
        Call.of(Operation.GET, name, "GET", object(name, query))
            .with("range", "bytes=" + from + "-" + (from + length - 1));
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      throw new FileNotFoundException("Not found: " + call);
    }
    return new Piece(require(call, answer, 206).body(), answer.header("x-goog-generation"));
  }

  @Override
  public void put(ObjectName name, byte[] content, int length) throws IOException {
    Call call = upload(Operation.PUT, name, Map.of("uploadType", "media"), content, length);
    require(call, client.send(call), 200);
  }

  @Override
  public void putIfAbsent(ObjectName name, byte[] content) throws IOException {
    Call call =
        upload(
                Operation.PUT_IF_ABSENT,
                name,
                Map.of("uploadType", "media", "ifGenerationMatch", "0"),
                content,
                content.length)
            .once();
    Answer answer = client.send(call);
    if (answer.status() == 412) {
      throw new FileAlreadyExistsException(call + " for " + name.key());
    }
    require(call, answer, 200);
  }

  @Override
  public PartUpload upload(ObjectName name) throws IOException {
    Call call =
        upload(Operation.PUT, name, Map.of("uploadType", "resumable"))
            .with("x-upload-content-type", CONTENT_TYPE);
    String session = require(call, client.send(call), 200).header("location");
    if (session == null) {
      throw new IOException(call + " is answered without the address of an upload");
    }
    return new ResumableUpload(client, name, URI.create(session));
  }

  @Override
  public boolean delete(ObjectName name) throws IOException {
    Call call = Call.of(Operation.DELETE, name, "DELETE", object(name, Map.of()));
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      return false;
    }
    require(call, answer, 204);
    return true;
  }

  private Call upload(
      Operation operation,
      ObjectName name,
      Map<String, String> parameters,
      byte[] content,
      int length) {
    return upload(operation, name, parameters)
        .with("content-type", CONTENT_TYPE)
        .with(content, length);
  }

  private Call upload(Operation operation, ObjectName name, Map<String, String> parameters) {
    Map<String, String> query = new TreeMap<>(parameters);
    query.put("name", name.key());
    return Call.of(operation, name, "POST", uri(UPLOADS, name.bucket(), "/o", query));
  }

  private URI object(ObjectName name, Map<String, String> query) {
    return uri(OBJECTS, name.bucket(), "/o/" + ObjectName.encoded(name.key(), ""), query);
  }

  private URI uri(String service, String bucket, String path, Map<String, String> parameters) {
    Map<String, String> query = new TreeMap<>(parameters);
    billedProject.ifPresent(project -> query.put("userProject", project));
    StringBuilder uri = new StringBuilder(endpoint).append(service);
    uri.append(ObjectName.encoded(bucket, "")).append(path);
    char separator = '?';
    for (Map.Entry<String, String> parameter : query.entrySet()) {
      uri.append(separator)
          .append(parameter.getKey())
          .append('=')
          .append(ObjectName.encoded(parameter.getValue(), ""));
      separator = '&';
    }
    return URI.create(uri.toString());
  }

  /** Whether the object is missing, rather than its bucket. */
  private static boolean isMissing(Answer answer) {
    return answer.status() == 404 && !new String(answer.body(), UTF_8).contains(NO_BUCKET);
  }

  static Answer require(Call call, Answer answer, int status) throws RefusedException {
    if (answer.status() == status) {
      return answer;
    }
    String text = new String(answer.body(), UTF_8);
    try {
      JsonNode error = JSON.readTree(text).path("error");
      throw new RefusedException(
          call,
          answer,
          error.path("errors").path(0).path("reason").asText(""),
          firstLine(error.path("message").asText("")));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new RefusedException(call, answer, "", firstLine(text));
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static JsonNode json(Call call, Answer answer) throws IOException {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IOException(call + " is answered by what is not JSON", e);
    }
  }
}
