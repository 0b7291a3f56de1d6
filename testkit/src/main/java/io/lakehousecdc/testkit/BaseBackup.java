// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * A copy of a running server's data directory, as pg_basebackup makes it, which the fetched
 * binaries do not include. For PostgreSQL 15 or newer.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">Low-level
 *     base backup</a>
 */
final class BaseBackup {
  /** The copy reads its WAL from the server; the rest describes the running process. */
  private static final Set<String> LEFT_OUT = Set.of("pg_wal", "postmaster.pid", "postmaster.opts");

  private BaseBackup() {}

  /** Copies {@code data} to {@code copy}, which must not exist. */
  static void take(PostgresDatabase server, Path data, Path copy) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('standby', true)");
      Files.walkFileTree(data, new Copying(data, copy));
      Files.createDirectories(copy.resolve("pg_wal"));
      try (ResultSet label =
          statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        label.next();
        Files.writeString(copy.resolve("backup_label"), label.getString(1));
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("cannot copy " + data, e);
    }
  }

  private static final class Copying extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    Copying(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (isLeftOut(directory)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      // With its permissions: the server refuses a data directory that others may read.
      Files.copy(directory, to(directory), StandardCopyOption.COPY_ATTRIBUTES);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!isLeftOut(file)) {
        try {
          Files.copy(file, to(file), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException deletedMeanwhile) {
          // what the server has deleted since, the WAL tells
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    private boolean isLeftOut(Path path) {
      return from.equals(path.getParent()) && LEFT_OUT.contains(path.getFileName().toString());
    }

    private Path to(Path path) {
      return to.resolve(from.relativize(path));
    }
  }
}
