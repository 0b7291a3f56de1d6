// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Microsoft's emulator of Azure Blob Storage in a child process, on a free loopback port. It ends
 * with {@link #close}. Needs Node.js, and the npm package that {@code .ci/run} installs.
 */
public final class Azurite implements AutoCloseable {
  /** The account that it serves, which is public. */
  public static final String ACCOUNT = "devstoreaccount1";

  /** The key of that account, which is public, too. */
  public static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PROGRAM =
      "testkit/target/azurite/node_modules/azurite/dist/src/blob/main.js";

  private static final Pattern BLOB_NAME = Pattern.compile("<Name>([^<]+)</Name>");

  private final int port = Ports.free();
  private final ChildProcess process;

  private Azurite(Path node, Path program) {
    Path log = Directories.logs("azurite").resolve("azurite.log");
    process =
        ChildProcess.start(
            "Azurite",
            List.of(
                node.toString(),
                program.toString(),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                Integer.toString(port),
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--skipApiVersionCheck",
                "--silent"),
            Map.of(),
            log);
    Await.until(
        "Azurite accepts connections on port " + port,
        PATIENCE,
        process::logTail,
        () -> {
          try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
          }
        });
  }

  /** Whether it can be started here. */
  public static boolean installed() {
    return node().isPresent() && Files.exists(ProjectFiles.root().resolve(PROGRAM));
  }

  /**
   * Starts one.
   *
   * @throws IllegalStateException it is not installed
   */
  public static Azurite start() {
    if (!installed()) {
      throw new IllegalStateException(
          "Azurite is not installed: npm install --prefix testkit/target/azurite azurite@3.35.0");
    }
    return new Azurite(node().orElseThrow(), ProjectFiles.root().resolve(PROGRAM));
  }

  /** Address of the account's blob service. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port + "/" + ACCOUNT);
  }

  /** Makes a container, whose blobs anybody may read. */
  public void container(String name) {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    String headers = "x-ms-blob-public-access:container\nx-ms-date:%s\nx-ms-version:2021-12-02\n";
    String signed =
        "PUT"
            + "\n".repeat(12)
            + headers.formatted(date)
            + "/%1$s/%1$s/%2$s\nrestype:container".formatted(ACCOUNT, name);
    HttpResponse<byte[]> answer =
        send(
            HttpRequest.newBuilder(URI.create(endpoint() + "/" + name + "?restype=container"))
                .header("x-ms-blob-public-access", "container")
                .header("x-ms-date", date)
                .header("x-ms-version", "2021-12-02")
                .header("Authorization", "SharedKey " + ACCOUNT + ":" + signature(signed))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build());
    if (answer.statusCode() != 201) {
      throw new IllegalStateException("no container is made: " + answer.statusCode());
    }
  }

  /** Copies the blobs of a container, 5,000 at most, to files below a directory. */
  public void copy(String container, Path directory) {
    URI listing = URI.create(endpoint() + "/" + container + "?restype=container&comp=list");
    Matcher names =
        BLOB_NAME.matcher(
            new String(
                send(HttpRequest.newBuilder(listing).build()).body(), StandardCharsets.UTF_8));
    while (names.find()) {
      URI blob = URI.create(endpoint() + "/" + container + "/" + names.group(1));
      Directories.write(
          directory.resolve(names.group(1)), send(HttpRequest.newBuilder(blob).build()).body());
    }
  }

  private static HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Azurite was asked", e);
    }
  }

  private static String signature(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(KEY), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<Path> node() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(each -> Path.of(each, "node"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public void close() {
    process.terminate(PATIENCE);
  }
}
