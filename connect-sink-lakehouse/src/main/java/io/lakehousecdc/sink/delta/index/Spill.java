// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that lies in files, mapped, which the operating system may page out: slower, and as large
 * as the disk.
 *
 * <p>A file is written in full before it is mapped. A mapped page that the disk has no room for
 * ends the process (SIGBUS); a write that it has no room for is an error. The file loses its name
 * when it is opened and is closed when it is mapped: a process that dies leaves nothing behind, and
 * the system frees the space with the mapping.
 *
 * <p>For one user at a time.
 */
final class Spill {
  private static final int LEAST = 64 << 10;
  private static final int GREATEST = 1 << 20;

  private final Path directory;
  private final Opener files;
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private int nextBytes = LEAST;
  private long bytes;

  /** Opens new files. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path directory) throws IOException;
  }

  Spill(Path directory, Opener files) {
    this.directory = directory;
    this.files = files;
  }

  /** Files without a name in the directory. */
  Spill(Path directory) {
    this(directory, Spill::unnamed);
  }

  /** Bytes on the disk. */
  long bytes() {
    return bytes;
  }

  /**
   * So many bytes of zeros.
   *
   * @throws RetriableException there is no room for them
   */
  ByteBuffer allocate(int count) {
    if (rest.remaining() < count) {
      // In growing steps: a process has a limit of mappings, and small indexes shall stay small.
      int size = Math.max(count, nextBytes);
      rest = mapped(size);
      bytes += size;
      nextBytes = Math.min(2 * nextBytes, GREATEST);
    }
    ByteBuffer part = rest.slice(rest.position(), count);
    rest.position(rest.position() + count);
    return part;
  }

  /** Lets go of all of it; the system frees the space when the JVM next collects. */
  void close() {
    rest = ByteBuffer.allocate(0);
    nextBytes = LEAST;
    bytes = 0;
  }

  private ByteBuffer mapped(int size) {
    try (FileChannel file = files.open(directory)) {
      ByteBuffer zeros = ByteBuffer.allocate(Math.min(size, LEAST));
      for (int left = size; left > 0; ) {
        zeros.clear().limit(Math.min(left, zeros.capacity()));
        left -= file.write(zeros);
      }
      return file.map(MapMode.READ_WRITE, 0, size);
    } catch (IOException e) {
      throw new RetriableException(
          "A key index that exceeds delta.index.memory.bytes cannot go on in files in "
              + directory
              + " ("
              + e.getMessage()
              + "). Free space there, name another directory with delta.index.dir (or"
              + " java.io.tmpdir, where that is not set), or raise delta.index.memory.bytes and"
              + " -XX:MaxDirectMemorySize.",
          e);
    }
  }

  private static FileChannel unnamed(Path directory) throws IOException {
    // Those who clean up directories of temporary files may have taken it.
    Files.createDirectories(directory);
    Path file = Files.createTempFile(directory, "key-index-", ".tmp");
    return FileChannel.open(
        file,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }
}
