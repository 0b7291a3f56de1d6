// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that ends with this JVM. Its standard input is a pipe to which nothing is ever written:
 * the child (see {@link ExitWithParent} and the script of {@link PostgresServer}) ends when it
 * reads the end of it, which the operating system delivers even when this JVM is killed.
 */
final class ChildProcess {
  private static final Duration LAST_WAIT = Duration.ofSeconds(20);
  private static final int LOG_TAIL_LINES = 30;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a command; both outputs are appended to the log. */
  static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not start: " + command, e);
    }
  }

  /** Runs a command to its end, and throws with the log's end where it fails. */
  static void run(String name, List<String> command, Map<String, String> environment, Path log) {
    ChildProcess child = start(name, command, environment, log);
    try {
      if (!child.process.waitFor(Await.DEFAULT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          || child.process.exitValue() != 0) {
        child.kill();
        throw new IllegalStateException("%s failed. %s".formatted(name, child.logTail()));
      }
    } catch (InterruptedException e) {
      child.kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + name, e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** The process and everything below it. */
  List<ProcessHandle> handles() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** As kill -9 of the process and everything below it; returns when all are gone. */
  void kill() {
    List<ProcessHandle> all = handles();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(this::awaitEnd);
  }

  /** Ends the process by closing its input, and kills it when that does not end it in time. */
  void stop(Duration patience) {
    List<ProcessHandle> all = handles();
    try {
      process.getOutputStream().close();
    } catch (IOException alreadyGone) {
      // the pipe's other end has vanished: there is nothing left to end
    }
    endWithin(patience, all);
  }

  /** Sends SIGTERM, and kills the process when that does not end it in time. */
  void terminate(Duration patience) {
    List<ProcessHandle> all = handles();
    process.destroy();
    endWithin(patience, all);
  }

  private void endWithin(Duration patience, List<ProcessHandle> all) {
    try {
      process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(this::awaitEnd);
  }

  private void awaitEnd(ProcessHandle handle) {
    Await.until(
        "%s (pid %d) has ended".formatted(name, handle.pid()), LAST_WAIT, () -> !handle.isAlive());
  }

  /** The last lines of the log, and where it is. */
  String logTail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      int from = Math.max(0, lines.size() - LOG_TAIL_LINES);
      return "Log of %s in %s ends with:%n%s"
          .formatted(name, log, String.join("\n", lines.subList(from, lines.size())));
    } catch (IOException e) {
      return "Log of %s: %s (unreadable: %s)".formatted(name, log, e.getMessage());
    }
  }
}
