// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store that Delta tables can live in; one implementation per kind of store, made by its {@link
 * StoreFactory}. Implementations are safe for use by several threads.
 *
 * <p>What a Delta writer needs of a store, and all that the sink's exactly-once promise rests on:
 *
 * <ul>
 *   <li>{@link #putIfAbsent} lets exactly one of several writers, in whichever process, win a name;
 *   <li>a file is durable when the call that wrote it returns, so that a log entry never names data
 *       that a loss of power can take away;
 *   <li>listings show every file whose write has returned.
 * </ul>
 *
 * <p>Locations are absolute: a path, or a URI whose path is not percent-encoded (the form in which
 * Delta Kernel hands them over). Missing files and directories are told by {@link
 * FileNotFoundException}.
 */
public interface FileIO extends AutoCloseable {

  /**
   * Checks that a sink can keep its promise below a root: within seconds, by what it will do there.
   * Creates a file, tries to create it again, which has to fail, lists, and deletes it.
   *
   * @param root resolved location of {@code delta.root}
   * @throws io.lakehousecdc.sink.error.FatalException it cannot, and a restart alone does not help:
   *     what is wrong, and what to do
   * @throws io.lakehousecdc.sink.error.RetriableException the store does not answer
   */
  void requireUsable(String root);

  /**
   * How many requests it pays to have under way at once for one piece of work, such as opening a
   * table: about the number of cores where files are local, many more where each request waits for
   * a network.
   */
  int concurrency();

  /**
   * Whether each request waits for a network, so that it pays to make several at a time, from
   * several threads, and to do without those that can be spared.
   */
  default boolean isRemote() {
    return true;
  }

  /**
   * The one form in which this store writes a location that a user configured: absolute, without
   * {@code .} and {@code ..}, without a slash at the end, percent-encoding of a URI undone. The
   * file need not exist.
   */
  String resolve(String location);

  /** Size and time of a file, or empty where there is none. */
  Optional<FileInfo> stat(String location) throws IOException;

  /** Whether there is a file (or, where the store knows them, a directory). */
  boolean exists(String location) throws IOException;

  /**
   * Files in the same directory whose names are at or above the location's, in order of their UTF-8
   * bytes. Files still being written are not among them.
   *
   * @throws FileNotFoundException the directory does not exist
   */
  List<FileInfo> listFrom(String location) throws IOException;

  /**
   * Visits every file below a directory at any depth, in no order, the remains of interrupted
   * writes included. Files that vanish meanwhile may or may not be visited.
   *
   * @throws FileNotFoundException the directory does not exist
   */
  void walk(String directory, Consumer<FileInfo> visitor) throws IOException;

  /** Whether the file is what an interrupted write left behind, or one that is still going on. */
  boolean isPartial(FileInfo file);

  /** Makes a directory and those above it, durably; nothing happens where it exists. */
  void createDirectories(String directory) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @throws FileNotFoundException there is no such file
   */
  FileInput open(String location) throws IOException;

  /**
   * Opens a file whose length the caller knows, from the log or a listing, and of which it may read
   * all: a store that would have to ask for the length then does not. Nothing need be asked of the
   * store at all before the first read, which is what finds that the file is missing.
   *
   * @param length length in bytes, or a lesser one: then the file is read as if it ended there.
   *     What is read where it is greater is not defined
   * @throws FileNotFoundException there is no such file
   */
  default FileInput open(String location, long length) throws IOException {
    return open(location);
  }

  /**
   * As {@link #open(String, long)}, where small parts of a large file are wanted, such as a column.
   */
  default FileInput openForParts(String location, long length) throws IOException {
    return open(location, length);
  }

  /**
   * Opens a file that a listing showed, with the length that it had there. What is read may be what
   * the file was when its directory was last listed: so this is not for finding out whether a file
   * that may have been replaced still is the same.
   *
   * @throws FileNotFoundException there is no such file
   */
  default FileInput openListed(String location, long length) throws IOException {
    return open(location, length);
  }

  /**
   * Tells that files will soon be {@link #openListed opened}, and read from beginning to end,
   * perhaps several times. A store may fetch them ahead, or do nothing. Returns at once.
   *
   * @param files files of one listing, just made, those that are read first in front
   */
  default void readAhead(Collection<FileInfo> files) {}

  /**
   * Begins to write a file in an existing directory, which replaces one of the same name; see
   * {@link FileOutput} for when it appears.
   */
  FileOutput create(String location) throws IOException;

  /**
   * Writes a small file if there is none of that name, atomically among all writers, and durably.
   *
   * <p>An implementation need not find out what became of a request whose answer was lost, nor
   * whose file it is that has the name: the sink reads the file in both cases and compares, and
   * takes back what belongs to a log entry only where another writer's is there. So a read that
   * follows sees the file, and a request that has failed may take effect later. But it must not
   * repeat a request whose answer was lost: the answer to the second would be about the first.
   *
   * @throws java.nio.file.FileAlreadyExistsException there is one, by another writer or by an
   *     earlier try of this call; it is unchanged
   * @throws IOException whether the file was written is not known
   */
  void putIfAbsent(String location, byte[] content) throws IOException;

  /** Removes a file; false where the store tells that there was none. Need not be durable. */
  boolean delete(String location) throws IOException;

  /**
   * Removes files, as many at a time as the store can. Goes on after a file that cannot be removed.
   *
   * @throws IOException some may still be there
   */
  default void deleteAll(Collection<String> locations) throws IOException {
    IOException failure = null;
    for (String location : locations) {
      try {
        delete(location);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Gives connections back. Nothing is read or written after it. */
  @Override
  default void close() {}
}
