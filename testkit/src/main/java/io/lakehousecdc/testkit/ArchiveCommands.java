// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The commands in {@code bin} of the exploded archive, run as a user runs them: with nothing but a
 * JVM and a Kafka installation. Thread-safe.
 */
public final class ArchiveCommands {
  private final Path bin;
  private final Map<String, String> environment;

  /**
   * @param plugins directory into which {@link Plugins#project} has exploded the archive
   * @param kafka the installation, see {@link KafkaDistribution#installation}
   * @param environment variables that the commands get beside the usual ones
   */
  public ArchiveCommands(Path plugins, Path kafka, Map<String, String> environment) {
    this.bin = archive(plugins).resolve("bin");
    this.environment = new java.util.HashMap<>(environment);
    this.environment.put("KAFKA_HOME", kafka.toString());
    this.environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  private static Path archive(Path plugins) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(plugins, "*connect-lakehouse-*")) {
      for (Path archive : found) {
        return archive;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("no exploded archive in " + plugins);
  }

  /**
   * How a command ended.
   *
   * @param code its exit code
   * @param lines what it printed, errors among it
   */
  public record Ended(int code, List<String> lines) {
    public String text() {
      return String.join("\n", lines);
    }
  }

  /** Runs a command to its end. */
  public Ended run(String name, List<String> arguments) {
    return run(name, arguments, line -> {});
  }

  /** Runs a command to its end, and shows its lines as they come. */
  public Ended run(String name, List<String> arguments, Consumer<String> shown) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", bin.resolve(name).toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    List<String> lines = new ArrayList<>();
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          lines.add(line);
          shown.accept(line);
        }
        return new Ended(process.waitFor(), List.copyOf(lines));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name + " was interrupted", e);
    }
  }
}
