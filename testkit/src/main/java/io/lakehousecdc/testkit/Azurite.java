// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
