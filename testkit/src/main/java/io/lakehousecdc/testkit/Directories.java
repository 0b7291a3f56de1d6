// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The directories for temporary data and for logs. Logs go below the module's {@code target}, where
 * the next clean removes them, or to the directory in the system property {@code
 * lakehousecdc.logs}.
 */
final class Directories {
  private Directories() {}

  /** A new directory for data that is deleted when its owner is closed. */
  static Path temporary(String name) {
    try {
      return Files.createTempDirectory("lakehousecdc-" + name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory for " + name, e);
    }
  }

  /** Writes a file, with the directories above it. */
  static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** What all runs of this user share, such as unpacked programs. It stays. */
  static Path ofUser() {
    Path directory =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "lakehousecdc-" + System.getProperty("user.name"));
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + directory, e);
    }
  }

  /** A new directory for the logs of one part, which stays after the run. */
  static Path logs(String name) {
    try {
      return Files.createTempDirectory(Logs.OF_THIS_RUN, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the logs of " + name, e);
    }
  }

  /** Created, and told once, when the first part of this JVM starts. */
  private static final class Logs {
    private static final Path OF_THIS_RUN = create();

    private static Path create() {
      Path parent =
          Path.of(System.getProperty("lakehousecdc.logs", "target/testkit-logs")).toAbsolutePath();
      try {
        Files.createDirectories(parent);
        Path run = Files.createTempDirectory(parent, "run-" + ProcessHandle.current().pid() + "-");
        System.err.println("logs of PostgreSQL, Kafka and Connect: " + run);
        return run;
      } catch (IOException e) {
        throw new UncheckedIOException("no directory for logs in " + parent, e);
      }
    }
  }

  /** Deletes a tree. Files that vanish meanwhile, as a dying server's do, are no error. */
  static void delete(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + root, e);
    }
  }
}
