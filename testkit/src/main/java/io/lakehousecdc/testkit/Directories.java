package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Temporary data and lasting logs of the parts. */
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

  /**
   * A new directory for logs that stays after the run: below the module's {@code target}, or where
   * the system property {@code lakehousecdc.logs} says.
   */
  static Path logs(String name) {
    Path parent =
        Path.of(System.getProperty("lakehousecdc.logs", "target/testkit-logs")).toAbsolutePath();
    try {
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the logs of " + name + " in " + parent, e);
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
