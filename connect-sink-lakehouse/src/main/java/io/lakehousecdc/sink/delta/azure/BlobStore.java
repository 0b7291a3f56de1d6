// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

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
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests of Azure's blob service. */
final class BlobStore implements ObjectStore {
  private static final String VERSION_HEADER = "x-ms-version";

  /** Old enough for Azurite and Azure Stack Hub's successors, new enough for all that is used. */
  private static final String VERSION = "2021-12-02";

  /** The first version in which a listing can begin at a name. */
  private static final String VERSION_OF_START = "2026-02-06";

  private static final Pattern MESSAGE = Pattern.compile("<Message>([^<\\r\\n]*)");

  private final RestClient client;
  private final String endpoint;
  private volatile boolean startsAtNames = true;

  /**
   * @param endpoint without a slash at the end
   */
  BlobStore(RestClient client, URI endpoint) {
    this.client = client;
    this.endpoint = endpoint.toString();
  }

  @Override
  public Optional<Found> head(ObjectName name) throws IOException {
    Call call = call(Operation.HEAD, "HEAD", name, Map.of());
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      return Optional.empty();
    }
    require(call, answer, 200);
    boolean directory =
        "true".equals(answer.header("x-ms-meta-hdi_isfolder"))
            || "directory".equals(answer.header("x-ms-resource-type"));
    return Optional.of(
        new Found(
            Long.parseLong(answer.header("content-length")),
            millis(answer.header("last-modified")),
            directory,
            answer.header("etag")));
  }

  @Override
  public Page list(Listing listing, String token) throws IOException {
    Map<String, String> query = new TreeMap<>();
    query.put("restype", "container");
    query.put("comp", "list");
    query.put("include", "metadata");
    query.put("maxresults", Integer.toString(listing.limit()));
    if (!listing.prefix().isEmpty()) {
      query.put("prefix", listing.prefix());
    }
    if (!listing.flat()) {
      query.put("delimiter", "/");
    }
    if (token != null) {
      query.put("marker", token);
    }
    boolean starts = startsAtNames && !listing.from().isEmpty();
    if (starts) {
      query.put("startFrom", listing.from());
    }
    Call call = call(Operation.LIST, "GET", new ObjectName(listing.bucket(), ""), query);
    if (starts) {
      call = call.with(VERSION_HEADER, VERSION_OF_START);
    }
    Answer answer = client.send(call);
    if (starts && answer.status() == 400 && token == null) {
      startsAtNames = false;
      return list(listing, null);
    }
    require(call, answer, 200);
    return BlobListing.parse(answer.body());
  }

  @Override
  public Piece get(ObjectName name, long from, int length, String version) throws IOException {
    Call call =
        call(Operation.GET, "GET", name, Map.of())
            .with("range", "bytes=" + from + "-" + (from + length - 1));
    if (version != null) {
      call = call.with("if-match", version);
    }
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      throw new FileNotFoundException("Not found: " + call);
    }
    require(call, answer, 206);
    return new Piece(answer.body(), answer.header("etag"));
  }

  @Override
  public void put(ObjectName name, byte[] content, int length) throws IOException {
    Call call = put(Operation.PUT, name, content, length);
    require(call, client.send(call), 201);
  }

  @Override
  public void putIfAbsent(ObjectName name, byte[] content) throws IOException {
    Call call =
        put(Operation.PUT_IF_ABSENT, name, content, content.length)
            .with("if-none-match", "*")
            .once();
    Answer answer = client.send(call);
    if (answer.status() == 412
        || answer.status() == 409 && "BlobAlreadyExists".equals(code(answer))) {
      throw new FileAlreadyExistsException(call.toString());
    }
    require(call, answer, 201);
  }

  @Override
  public PartUpload upload(ObjectName name) {
    return new BlockUpload(this, name);
  }

  @Override
  public boolean delete(ObjectName name) throws IOException {
    Call call = call(Operation.DELETE, "DELETE", name, Map.of());
    Answer answer = client.send(call);
    if (isMissing(answer)) {
      return false;
    }
    require(call, answer, 202);
    return true;
  }

  /** Writes a block of a blob, or the list of its blocks. */
  void putPart(ObjectName name, Map<String, String> query, byte[] content, int length)
      throws IOException {
    Call call = call(Operation.PUT, "PUT", name, query).with(content, length);
    require(call, client.send(call), 201);
  }

  private Call put(Operation operation, ObjectName name, byte[] content, int length) {
    return call(operation, "PUT", name, Map.of())
        .with("x-ms-blob-type", "BlockBlob")
        .with("content-type", "application/octet-stream")
        .with(content, length);
  }

  private Call call(
      Operation operation, String method, ObjectName name, Map<String, String> query) {
    StringBuilder uri = new StringBuilder(endpoint);
    uri.append('/').append(ObjectName.encoded(name.bucket(), "$"));
    if (!name.key().isEmpty()) {
      uri.append('/').append(ObjectName.encoded(name.key(), "/"));
    }
    char separator = '?';
    for (Map.Entry<String, String> parameter : query.entrySet()) {
      uri.append(separator)
          .append(parameter.getKey())
          .append('=')
          .append(ObjectName.encoded(parameter.getValue(), ""));
      separator = '&';
    }
    return Call.of(operation, method, URI.create(uri.toString())).with(VERSION_HEADER, VERSION);
  }

  /** Whether the blob is missing, rather than its container. */
  private static boolean isMissing(Answer answer) {
    return answer.status() == 404 && !"ContainerNotFound".equals(code(answer));
  }

  private static void require(Call call, Answer answer, int status) throws RefusedException {
    if (answer.status() != status) {
      Matcher message =
          MESSAGE.matcher(new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
      throw new RefusedException(
          call, answer, code(answer), message.find() ? message.group(1) : "");
    }
  }

  private static String code(Answer answer) {
    String code = answer.header("x-ms-error-code");
    return code == null ? "" : code;
  }

  static long millis(String date) {
    return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
        .toInstant()
        .toEpochMilli();
  }
}
