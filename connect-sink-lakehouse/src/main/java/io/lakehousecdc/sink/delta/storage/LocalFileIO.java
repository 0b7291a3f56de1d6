// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.error.FatalException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The store on local disks, and on network mounts with atomic hard links and {@code fsync} (NFS has
 * both).
 *
 * <p>A file is written under a hidden name, forced to the disk, and only then given its own name:
 * by a rename where it may replace another, by a hard link where it must not, since a link fails
 * where the name is taken. Then the directory is forced, because the name is kept there.
 */
public final class LocalFileIO implements FileIO {
  static final String SCHEME = "file";

  /**
   * Refuses a root that is not there, rather than making it: below the mount point of a volume that
   * is not mounted, that would begin a second, empty warehouse.
   */
  @Override
  public void requireUsable(String root) {
    try {
      String probe = root + "/_cdc_probe_" + UUID.randomUUID();
      putIfAbsent(probe, new byte[0]);
      delete(probe);
    } catch (IOException e) {
      throw new FatalException(
          "delta.root "
              + root
              + " is not a directory that this worker can write to ("
              + e.getMessage()
              + "). Mount the volume that it is on, or create it for the user that runs the"
              + " worker, on every worker; then restart the task. The sink does not create it,"
              + " because that would begin an empty warehouse where a volume is not mounted.",
          e);
    }
  }

  @Override
  public int concurrency() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public String resolve(String location) {
    Path path =
        location.startsWith(SCHEME + ":")
            ? Path.of(URI.create(absolute(location)).getPath())
            : Path.of(location);
    return path.toAbsolutePath().normalize().toString();
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    Path path = path(location);
    try {
      return Optional.of(info(path, Files.readAttributes(path, BasicFileAttributes.class)));
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    }
  }

  @Override
  public boolean exists(String location) {
    return Files.exists(path(location));
  }

  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    Path from = path(location);
    String least = from.getFileName().toString();
    List<FileInfo> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            from.getParent(),
            entry -> {
              String name = entry.getFileName().toString();
              return byUtf8(name, least) >= 0 && !LocalFileOutput.isPartial(name);
            })) {
      for (Path entry : entries) {
        if (!Files.isDirectory(entry)) {
          stat(entry.toString()).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException missing) {
      throw notFound(from.getParent(), missing);
    }
    found.sort(Comparator.comparing(FileInfo::name, LocalFileIO::byUtf8));
    return found;
  }

  @Override
  public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
    Path root = path(directory);
    if (!Files.isDirectory(root)) {
      throw notFound(root, null);
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            visitor.accept(info(file, attributes));
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
        });
  }

  @Override
  public boolean isPartial(FileInfo file) {
    return LocalFileOutput.isPartial(file.name());
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = path(directory); path != null && !Files.isDirectory(path); ) {
      missing.push(path);
      path = path.getParent();
    }
    for (Path path : missing) {
      Files.createDirectories(path);
      LocalDirectory.force(path.getParent());
    }
  }

  @Override
  public FileInput open(String location) throws IOException {
    Path path = path(location);
    try {
      return new LocalFileInput(FileChannel.open(path, StandardOpenOption.READ));
    } catch (NoSuchFileException missing) {
      throw notFound(path, missing);
    }
  }

  @Override
  public FileOutput create(String location) throws IOException {
    return LocalFileOutput.replacing(path(location));
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    try (FileOutput output = LocalFileOutput.ifAbsent(path(location))) {
      output.write(content);
      output.complete();
    }
  }

  @Override
  public boolean delete(String location) throws IOException {
    Path path = path(location);
    LocalDirectory.dropChecksum(path);
    return Files.deleteIfExists(path);
  }

  private static Path path(String location) {
    if (!location.startsWith(SCHEME + ":")) {
      return Path.of(location);
    }
    return Path.of(absolute(location).substring(SCHEME.length() + 1));
  }

  /** {@code file:///a} and {@code file://localhost/a} as {@code file:/a}. */
  private static String absolute(String location) {
    String rest = location.substring(SCHEME.length() + 1);
    if (rest.startsWith("//")) {
      int slash = rest.indexOf('/', 2);
      String host = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
      if (slash < 0 || !host.isEmpty() && !host.equals("localhost")) {
        throw new IllegalArgumentException(
            location + " names no local path: write file:///path, with three slashes");
      }
      rest = rest.substring(slash);
    }
    return SCHEME + ":" + rest;
  }

  private static FileInfo info(Path path, BasicFileAttributes attributes) {
    return new FileInfo(
        path.toString(), attributes.size(), attributes.lastModifiedTime().toMillis());
  }

  private static int byUtf8(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static FileNotFoundException notFound(Path path, IOException cause) {
    FileNotFoundException failure = new FileNotFoundException("Not found: " + path);
    failure.initCause(cause);
    return failure;
  }
}
