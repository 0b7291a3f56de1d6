package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.benchmarks.ProjectFile;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ExitWithParent;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Apicurio's schema registry, its data in memory, in a child JVM that ends with this one. */
public final class ApicurioRegistry implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  private final int port;
  private final Process process;

  private ApicurioRegistry(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts it; it answers when this returns. */
  public static ApicurioRegistry start() {
    Path home = ProjectFile.at("benchmarks/peers/target/registry");
    try {
      int port = freePort();
      Path log = Files.createDirectories(logs()).resolve("registry.log");
      ProcessBuilder builder =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx256m",
                      "-Dquarkus.http.host=127.0.0.1",
                      "-Dquarkus.http.port=" + port,
                      "-cp",
                      runner(home) + File.pathSeparator + launcher(),
                      ExitWithParent.class.getName(),
                      "io.quarkus.runner.GeneratedMain"))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      ApicurioRegistry registry = new ApicurioRegistry(port, builder.start());
      Await.until(
          "the schema registry answers (log: %s)".formatted(log), START_TIMEOUT, registry::answers);
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException("the schema registry does not start", e);
    }
  }

  /** The value of {@code apicurio.registry.url}. */
  public String url() {
    return "http://127.0.0.1:%d/apis/registry/v2".formatted(port);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private boolean answers() throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new Await.Fatal("it has ended");
    }
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/system/info")).build();
    return HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 200;
  }

  private static Path logs() {
    return Path.of(System.getProperty("lakehousecdc.logs", "target/logs")).toAbsolutePath();
  }

  private static Path runner(Path home) throws IOException {
    try (var jars = Files.newDirectoryStream(home, "*-runner.jar")) {
      return jars.iterator().next();
    }
  }

  private static Path launcher() {
    try {
      return Path.of(
          ExitWithParent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no file holds " + ExitWithParent.class, e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
