// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A {@link FileIO} as Delta Kernel's default engine wants it. Kernel then touches no Hadoop file
 * system, whose start of a commit alone costs more than the commit.
 */
public final class KernelFileIO implements io.delta.kernel.defaults.engine.fileio.FileIO {
  private final FileIO store;
  private final Map<String, String> configuration;
  private final AtomicReference<FileInfo> lastEntry = new AtomicReference<>();
  private final BooleanSupplier intact;

  /**
   * @param configuration settings that Kernel may ask for by name
   */
  public KernelFileIO(FileIO store, Map<String, String> configuration) {
    this(store, configuration, () -> true);
  }

  /**
   * @param configuration settings that Kernel may ask for by name
   * @param intact asked when a streamed file is closed: whether what it was made of came to its
   *     end. Kernel closes it in the same way where that failed, and half a checkpoint would pass
   *     for a whole one
   */
  public KernelFileIO(FileIO store, Map<String, String> configuration, BooleanSupplier intact) {
    this.store = store;
    this.configuration = Map.copyOf(configuration);
    this.intact = intact;
  }

  @Override
  public CloseableIterator<FileStatus> listFrom(String location) throws IOException {
    List<FileInfo> listed = LogListing.from(store, location);
    store.readAhead(LogFiles.needed(listed));
    Iterator<FileInfo> files = listed.iterator();
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public FileStatus next() {
        return status(files.next());
      }

      @Override
      public void close() {}
    };
  }

  /**
   * After Kernel has put a log entry it asks for its size and time, which are known: that costs no
   * request. The time is this machine's. It is told once, so that whoever looks later asks the
   * store.
   */
  @Override
  public FileStatus getFileStatus(String location) throws IOException {
    FileInfo entry = lastEntry.get();
    if (entry != null
        && entry.location().equals(location)
        && lastEntry.compareAndSet(entry, null)) {
      return status(entry);
    }
    return status(
        store
            .stat(location)
            .orElseThrow(() -> new FileNotFoundException("Not found: " + location)));
  }

  /** Kernel is given resolved locations only: to undo percent-encoding again would be wrong. */
  @Override
  public String resolvePath(String location) {
    return location;
  }

  @Override
  public boolean mkdirs(String directory) throws IOException {
    store.createDirectories(directory);
    return true;
  }

  @Override
  public InputFile newInputFile(String location, long size) {
    return new KernelInputFile(store, location, size);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new KernelOutputFile(store, location, lastEntry::set, intact);
  }

  @Override
  public boolean delete(String location) throws IOException {
    return store.delete(location);
  }

  @Override
  public Optional<String> getConf(String key) {
    return Optional.ofNullable(configuration.get(key));
  }

  /**
   * Copies a log entry, which is like no other ({@link ConfirmedPut}).
   *
   * @throws FileAlreadyExistsException the destination exists with another content, and may not be
   *     replaced
   */
  @Override
  public void copyFileAtomically(String source, String destination, boolean overwrite)
      throws IOException {
    try (FileInput input = store.open(source)) {
      ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(input.length()));
      input.readFully(0, content);
      if (overwrite) {
        new KernelOutputFile(store, destination, entry -> {}, intact).replace(content.array());
      } else {
        ConfirmedPut.put(store, destination, content.array());
      }
    }
  }

  private static FileStatus status(FileInfo file) {
    return FileStatus.of(file.location(), file.size(), file.modifiedMillis());
  }
}
