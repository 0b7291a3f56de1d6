// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of Google Cloud Storage's JSON API that the sink uses, in memory, on a loopback port:
 * metadata, listings with pages, ranges, media and resumable uploads, and preconditions on
 * generations. One lock makes each request atomic, as the service promises. Thread-safe.
 *
 * @see <a href="https://cloud.google.com/storage/docs/json_api/v1/objects">Objects</a>
 */
public final class GcsFake implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern OBJECT =
      Pattern.compile("(/upload)?/storage/v1/b/([^/]+)/o(?:/([^/]+))?");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");
  private static final Pattern CHUNK =
      Pattern.compile("bytes (?:([0-9]+)-([0-9]+)|\\*)/([0-9]+|\\*)");
  private static final int CHUNK_UNIT = 256 << 10;

  private record Stored(byte[] content, long generation, Instant updated) {}

  private static final class Upload {
    final String bucket;
    final String name;
    final ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean finished;

    Upload(String bucket, String name) {
      this.bucket = bucket;
      this.name = name;
    }
  }

  private record Refusal(int status, String reason, String message) {}

  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    final transient Refusal refusal;

    RefusedException(int status, String reason, String message) {
      super(message);
      refusal = new Refusal(status, reason, message);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, TreeMap<String, Stored>> buckets = new TreeMap<>();
  private final Map<String, Upload> uploads = new TreeMap<>();
  private long generation;
  private String token;
  private boolean ignoresPreconditions;
  private Predicate<String> denied = request -> false;

  private GcsFake() throws IOException {
    // Else answers wait for the acknowledgement of their heads, 40 ms each.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 256);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Starts one with a bucket. */
  public static GcsFake start(String bucket) {
    try {
      GcsFake fake = new GcsFake();
      fake.buckets.put(bucket, new TreeMap<>(GcsFake::byUtf8));
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException("no loopback port for a fake of Google Cloud Storage", e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on only requests with this token are served. */
  public synchronized void requireToken(String bearer) {
    token = bearer;
  }

  /** From now on requests are refused with 403 whose method and path, as "GET /…", are such. */
  public synchronized void deny(Predicate<String> requests) {
    denied = requests;
  }

  /** From now on a second writer replaces what the first has written. */
  public synchronized void ignorePreconditions() {
    ignoresPreconditions = true;
  }

  /** Copies the objects of a bucket to files below a directory. */
  public synchronized void copy(String bucket, Path directory) {
    buckets
        .get(bucket)
        .forEach((name, stored) -> Directories.write(directory.resolve(name), stored.content()));
  }

  /** Number of uploads that are neither finished nor given up. */
  public synchronized long openUploads() {
    return uploads.values().stream().filter(upload -> !upload.finished).count();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      try {
        serve(exchange, body);
      } catch (RefusedException e) {
        ObjectNode error = JSON.createObjectNode();
        error
            .putObject("error")
            .put("code", e.refusal.status())
            .put("message", e.refusal.message())
            .putArray("errors")
            .addObject()
            .put("reason", e.refusal.reason());
        answer(exchange, e.refusal.status(), JSON.writeValueAsBytes(error));
      }
    }
  }

  private synchronized void serve(HttpExchange exchange, byte[] body)
      throws IOException, RefusedException {
    URI uri = exchange.getRequestURI();
    String method = exchange.getRequestMethod();
    Map<String, String> query = query(uri.getRawQuery());
    if (token != null
        && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      throw new RefusedException(401, "authError", "Invalid Credentials");
    }
    if (denied.test(method + " " + uri.getPath())) {
      throw new RefusedException(403, "forbidden", "the account does not have access");
    }
    if (query.containsKey("upload_id")) {
      chunk(exchange, query.get("upload_id"), method, body);
      return;
    }
    Matcher path = OBJECT.matcher(uri.getRawPath());
    if (!path.matches()) {
      throw new RefusedException(404, "notFound", "Not Found");
    }
    TreeMap<String, Stored> bucket = buckets.get(path.group(2));
    if (bucket == null) {
      throw new RefusedException(404, "notFound", "The specified bucket does not exist.");
    }
    if (path.group(1) != null) {
      upload(exchange, path.group(2), bucket, query, body);
    } else if (path.group(3) == null) {
      answer(exchange, 200, JSON.writeValueAsBytes(page(bucket, query)));
    } else {
      object(exchange, bucket, decoded(path.group(3)), query);
    }
  }

  private void object(
      HttpExchange exchange, Map<String, Stored> bucket, String name, Map<String, String> query)
      throws IOException, RefusedException {
    Stored stored = bucket.get(name);
    if (stored == null) {
      throw new RefusedException(404, "notFound", "No such object: " + name);
    }
    requireGeneration(stored, query);
    if (exchange.getRequestMethod().equals("DELETE")) {
      bucket.remove(name);
      answer(exchange, 204, new byte[0]);
    } else if ("media".equals(query.get("alt"))) {
      media(exchange, stored);
    } else {
      answer(exchange, 200, JSON.writeValueAsBytes(metadata(name, stored)));
    }
  }

  private void media(HttpExchange exchange, Stored stored) throws IOException, RefusedException {
    exchange.getResponseHeaders().set("x-goog-generation", Long.toString(stored.generation()));
    String header = exchange.getRequestHeaders().getFirst("Range");
    if (header == null) {
      answer(exchange, 200, stored.content());
      return;
    }
    Matcher range = RANGE.matcher(header);
    int size = stored.content().length;
    if (!range.matches() || Long.parseLong(range.group(1)) >= size) {
      throw new RefusedException(416, "requestedRangeNotSatisfiable", "no such range");
    }
    int from = Integer.parseInt(range.group(1));
    int to = (int) Math.min(Long.parseLong(range.group(2)) + 1, size);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, size));
    answer(exchange, 206, Arrays.copyOfRange(stored.content(), from, to));
  }

  private ObjectNode page(TreeMap<String, Stored> bucket, Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    String delimiter = query.get("delimiter");
    String after = query.getOrDefault("pageToken", "");
    int limit = Integer.parseInt(query.getOrDefault("maxResults", "1000"));
    ObjectNode page = JSON.createObjectNode();
    Set<String> prefixes = new TreeSet<>(GcsFake::byUtf8);
    int count = 0;
    String last = "";
    for (Map.Entry<String, Stored> entry :
        bucket.tailMap(query.getOrDefault("startOffset", "")).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(prefix) || byUtf8(name, after) <= 0 && !after.isEmpty()) {
        continue;
      }
      int slash = delimiter == null ? -1 : name.indexOf(delimiter, prefix.length());
      String directory = slash < 0 ? null : name.substring(0, slash + 1);
      if (directory != null && (prefixes.contains(directory) || after.startsWith(directory))) {
        last = name;
        continue;
      }
      if (count++ == limit) {
        page.put("nextPageToken", last);
        break;
      }
      last = name;
      if (directory == null) {
        page.withArray("items").add(metadata(name, entry.getValue()));
      } else {
        prefixes.add(directory);
      }
    }
    prefixes.forEach(page.withArray("prefixes")::add);
    return page;
  }

  private void upload(
      HttpExchange exchange,
      String bucketName,
      Map<String, Stored> bucket,
      Map<String, String> query,
      byte[] body)
      throws IOException, RefusedException {
    String name = query.get("name");
    if (query.get("uploadType").equals("media")) {
      requireGeneration(bucket.get(name), query);
      store(bucket, name, body);
      answer(exchange, 200, JSON.writeValueAsBytes(metadata(name, bucket.get(name))));
      return;
    }
    requireBeginning(exchange.getRequestHeaders(), body);
    String id = UUID.randomUUID().toString();
    uploads.put(id, new Upload(bucketName, name));
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            "http://%s%s?uploadType=resumable&upload_id=%s"
                .formatted(
                    exchange.getRequestHeaders().getFirst("Host"),
                    exchange.getRequestURI().getRawPath(),
                    id));
    answer(exchange, 200, new byte[0]);
  }

  /**
   * A resumable upload begins without content, whose type is told apart from that of the request.
   *
   * @see <a href="https://cloud.google.com/storage/docs/performing-resumable-uploads">Resumable
   *     uploads</a>
   */
  private static void requireBeginning(Headers headers, byte[] body) throws RefusedException {
    if (body.length > 0 || !"0".equals(headers.getFirst("Content-Length"))) {
      throw new RefusedException(400, "invalid", "a resumable upload begins with Content-Length 0");
    }
    if (headers.containsKey("Content-Type") || !headers.containsKey("X-Upload-Content-Type")) {
      throw new RefusedException(
          400, "invalid", "the type of the content belongs into X-Upload-Content-Type");
    }
  }

  private void chunk(HttpExchange exchange, String id, String method, byte[] body)
      throws IOException, RefusedException {
    Upload upload = uploads.get(id);
    if (upload == null) {
      throw new RefusedException(404, "notFound", "no such upload");
    }
    if (method.equals("DELETE")) {
      uploads.remove(id);
      answer(exchange, 499, new byte[0]);
      return;
    }
    Matcher range = CHUNK.matcher(exchange.getRequestHeaders().getFirst("Content-Range"));
    if (!range.matches()) {
      throw new RefusedException(400, "invalid", "no range");
    }
    boolean last = !range.group(3).equals("*");
    if (!upload.finished && range.group(1) != null) {
      if (Long.parseLong(range.group(1)) != upload.content.size()) {
        throw new RefusedException(503, "backendError", "not the next byte");
      }
      if (!last && body.length % CHUNK_UNIT != 0) {
        throw new RefusedException(400, "invalid", "a chunk has to be of whole units");
      }
      upload.content.write(body);
      upload.finished = last && upload.content.size() == Long.parseLong(range.group(3));
      if (upload.finished) {
        store(buckets.get(upload.bucket), upload.name, upload.content.toByteArray());
      }
    }
    if (upload.finished) {
      answer(exchange, 200, "{}".getBytes(UTF_8));
      return;
    }
    if (upload.content.size() > 0) {
      exchange.getResponseHeaders().set("Range", "bytes=0-" + (upload.content.size() - 1));
    }
    answer(exchange, 308, new byte[0]);
  }

  private void store(Map<String, Stored> bucket, String name, byte[] content) {
    bucket.put(name, new Stored(content, ++generation, Instant.now()));
  }

  /** A generation of 0 is that of an object which is not there. */
  private void requireGeneration(Stored stored, Map<String, String> query) throws RefusedException {
    String wanted = query.get("ifGenerationMatch");
    long found = stored == null ? 0 : stored.generation();
    if (wanted != null && Long.parseLong(wanted) != found && !ignoresPreconditions) {
      throw new RefusedException(412, "conditionNotMet", "a precondition does not hold");
    }
  }

  private static ObjectNode metadata(String name, Stored stored) {
    return JSON.createObjectNode()
        .put("name", name)
        .put("size", Integer.toString(stored.content().length))
        .put("generation", Long.toString(stored.generation()))
        .put("updated", stored.updated().toString());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new TreeMap<>();
    if (text != null) {
      for (String parameter : text.split("&")) {
        int equals = parameter.indexOf('=');
        query.put(parameter.substring(0, equals), decoded(parameter.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static int byUtf8(String a, String b) {
    return Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
  }
}
