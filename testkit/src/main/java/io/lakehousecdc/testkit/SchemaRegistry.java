// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Apicurio's schema registry, its data in memory, in a child JVM that ends with this one. Its
 * address is known before it is started. For one thread at a time.
 */
public final class SchemaRegistry implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final int OK = 200;

  private final int port = Ports.free();
  private ChildProcess process;
  private Path directory;

  /** The value of {@code apicurio.registry.url}. */
  public String url() {
    return "http://127.0.0.1:%d/apis/registry/v2".formatted(port);
  }

  /** Starts it, unless it runs; it answers when this returns. */
  public SchemaRegistry start() {
    if (process == null) {
      directory = Directories.temporary("registry");
      process =
          ChildProcess.start(
              "schema registry",
              command(),
              Map.of(),
              Directories.logs("registry").resolve("registry.log"));
      Await.until(
          "the schema registry answers on port " + port,
          START_TIMEOUT,
          process::logTail,
          this::answers);
    }
    return this;
  }

  @Override
  public void close() {
    if (process != null) {
      process.kill();
      Directories.delete(directory);
    }
  }

  private List<String> command() {
    String launcher = ExitWithParent.class.getName();
    String launcherFile = launcher.replace('.', '/') + ".class";
    ChildJvm.copyResource("/" + launcherFile, directory.resolve(launcherFile));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-XX:TieredStopAtLevel=1",
        "-Dquarkus.http.host=127.0.0.1",
        "-Dquarkus.http.port=" + port,
        "-cp",
        runner() + File.pathSeparator + directory,
        launcher,
        "io.quarkus.runner.GeneratedMain");
  }

  private static Path runner() {
    Path home = ProjectFiles.built("testkit/peers/target/registry");
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(home, "*-runner.jar")) {
      return jars.iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + home, e);
    }
  }

  private boolean answers() throws IOException, InterruptedException {
    if (!process.alive()) {
      throw new Await.Fatal("the registry has ended. " + process.logTail());
    }
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/system/info")).build();
    return HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == OK;
  }
}
