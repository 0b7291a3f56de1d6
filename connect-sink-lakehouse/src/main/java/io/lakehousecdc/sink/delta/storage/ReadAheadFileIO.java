// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A remote store, of which files are read by few requests: small ones by one, the tails of others
 * by one, and those that are announced ahead and in parallel. Whatever else is asked, the store is:
 * what it has now is never answered from memory. {@link KeptFiles} tells why a file that was
 * replaced since the last listing of its directory is not taken for the other.
 */
public final class ReadAheadFileIO implements FileIO {
  /** Files up to this length are read at once. */
  static final int WHOLE_BYTES = 8 << 20;

  /** The same for files of which only parts are wanted: what costs less than a second request. */
  static final int WHOLE_FOR_PARTS_BYTES = 1 << 20;

  private static final int IDLE_SECONDS = 10;

  private final FileIO store;
  private final ReadMemory memory;
  private final ThreadPoolExecutor threads;
  private final KeptFiles kept;

  public ReadAheadFileIO(FileIO store) {
    this(store, ReadMemory.WORKER);
  }

  /**
   * @param memory what it shares with other stores
   */
  ReadAheadFileIO(FileIO store, ReadMemory memory) {
    this.store = store;
    this.memory = memory;
    this.threads = threads(store.concurrency());
    this.kept = new KeptFiles(store, memory, threads);
  }

  private static ThreadPoolExecutor threads(int count) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "delta-read-ahead-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public FileInput open(String location) throws IOException {
    return store.open(location);
  }

  @Override
  public FileInput open(String location, long length) throws IOException {
    return open(location, length, WHOLE_BYTES);
  }

  @Override
  public FileInput openForParts(String location, long length) throws IOException {
    return open(location, length, WHOLE_FOR_PARTS_BYTES);
  }

  @Override
  public FileInput openListed(String location, long length) throws IOException {
    byte[] content = kept.content(location, length);
    return content != null ? new BytesInput(content) : open(location, length);
  }

  private FileInput open(String location, long length, int wholeBytes) throws IOException {
    return new RemoteInput(store.open(location, length), length, wholeBytes, memory);
  }

  @Override
  public void readAhead(Collection<FileInfo> files) {
    kept.fetch(files.stream().filter(file -> file.size() <= WHOLE_BYTES).toList());
  }

  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    List<FileInfo> found = store.listFrom(location);
    kept.compare(location, found);
    return found;
  }

  @Override
  public FileOutput create(String location) throws IOException {
    kept.forget(location);
    return store.create(location);
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    kept.forget(location);
    store.putIfAbsent(location, content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    kept.forget(location);
    return store.delete(location);
  }

  @Override
  public void deleteAll(Collection<String> locations) throws IOException {
    locations.forEach(kept::forget);
    store.deleteAll(locations);
  }

  @Override
  public void requireUsable(String root) {
    store.requireUsable(root);
  }

  @Override
  public int concurrency() {
    return store.concurrency();
  }

  @Override
  public boolean isRemote() {
    return store.isRemote();
  }

  @Override
  public String resolve(String location) {
    return store.resolve(location);
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    return store.stat(location);
  }

  @Override
  public boolean exists(String location) throws IOException {
    return store.exists(location);
  }

  @Override
  public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
    store.walk(directory, visitor);
  }

  @Override
  public boolean isPartial(FileInfo file) {
    return store.isPartial(file);
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    store.createDirectories(directory);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    kept.clear();
    store.close();
  }
}
