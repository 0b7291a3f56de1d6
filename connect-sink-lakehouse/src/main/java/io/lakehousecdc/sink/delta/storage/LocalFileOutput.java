// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A local file being written under a hidden name beside its own. A process that dies leaves the
 * hidden file behind, which no reader of the table looks at.
 */
final class LocalFileOutput extends FileOutput {
  private static final String PARTIAL_PREFIX = ".partial-";
  private static final int BUFFER_BYTES = 64 * 1024;

  /** Gives a finished file its name. */
  private interface Publication {
    void publish(Path hidden, Path name) throws IOException;
  }

  private final Path name;
  private final Path hidden;
  private final Publication publication;
  private final FileOutputStream file;
  private final OutputStream buffered;
  private long position;
  private boolean completed;

  private LocalFileOutput(Path name, Publication publication) throws IOException {
    this.name = name;
    this.publication = publication;
    this.hidden = name.resolveSibling(PARTIAL_PREFIX + UUID.randomUUID());
    this.file = new FileOutputStream(hidden.toFile());
    this.buffered = new BufferedOutputStream(file, BUFFER_BYTES);
  }

  /** Replaces a file of the same name. */
  static LocalFileOutput replacing(Path name) throws IOException {
    return new LocalFileOutput(
        name,
        (hidden, target) -> {
          LocalDirectory.dropChecksum(target);
          Files.move(
              hidden, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  /**
   * Refuses to replace: {@link #complete} throws {@link java.nio.file.FileAlreadyExistsException}
   * where there is a file of that name by then.
   */
  static LocalFileOutput ifAbsent(Path name) throws IOException {
    return new LocalFileOutput(
        name,
        (hidden, target) -> {
          try {
            link(hidden, target);
          } catch (UnsupportedOperationException unsupported) {
            throw new IOException(
                "The file system of "
                    + target.getParent()
                    + " has no hard links, so that two writers could overwrite each other's"
                    + " commits. Move delta.root to a file system with hard links.",
                unsupported);
          }
          Files.delete(hidden);
        });
  }

  /**
   * An NFS client that gets no answer asks again, and may be told that the name is taken: by the
   * very link that it has made.
   */
  private static void link(Path hidden, Path target) throws IOException {
    try {
      Files.createLink(target, hidden);
    } catch (FileAlreadyExistsException taken) {
      if (!Files.isSameFile(target, hidden)) {
        throw taken;
      }
    }
  }

  static boolean isPartial(String fileName) {
    return fileName.startsWith(PARTIAL_PREFIX);
  }

  @Override
  public void write(int value) throws IOException {
    buffered.write(value);
    position++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    buffered.write(bytes, offset, length);
    position += length;
  }

  @Override
  public void flush() throws IOException {
    buffered.flush();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void complete() throws IOException {
    buffered.flush();
    file.getFD().sync();
    file.close();
    publication.publish(hidden, name);
    completed = true;
    LocalDirectory.force(name.getParent());
  }

  @Override
  public void close() throws IOException {
    if (!completed) {
      file.close();
      Files.deleteIfExists(hidden);
    }
  }
}
