// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium without a window, which shows a page once and ends. */
record Chromium(Path program) {
  private static final long PATIENCE_SECONDS = 60;

  /** What a user prefers. */
  enum Scheme {
    DARK,
    LIGHT;

    private String setting() {
      return "--blink-settings=preferredColorScheme=" + ordinal();
    }
  }

  /** The one that is installed; empty where there is none. */
  static Optional<Chromium> installed() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(
            directory ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Chromium::new);
  }

  /** Takes a picture of a page. */
  void screenshot(URI page, Path file, int width, int height, Scheme scheme) throws IOException {
    Files.createDirectories(file.getParent());
    run(
        page,
        "--screenshot=" + file.toAbsolutePath(),
        "--window-size=" + width + "," + height,
        scheme.setting());
    if (!Files.exists(file)) {
      throw new IOException("No picture of " + page + " in " + file);
    }
  }

  /**
   * The page's document as it is when its scripts have run for so long, by the browser's own clock.
   */
  String dom(URI page, long millis) throws IOException {
    return dom(page, millis, Scheme.LIGHT);
  }

  String dom(URI page, long millis, Scheme scheme) throws IOException {
    return run(page, "--dump-dom", "--virtual-time-budget=" + millis, scheme.setting());
  }

  private String run(URI page, String... arguments) throws IOException {
    Path home = Files.createTempDirectory("chromium");
    Path errors = home.resolve("errors");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--user-data-dir=" + home.resolve("profile")));
    command.addAll(List.of(arguments));
    command.add(page.toString());
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("Chromium failed: " + Files.readString(errors));
      }
      return out;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
