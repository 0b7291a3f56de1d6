package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.target.delta.storage.FileIO;
import io.lakehousecdc.sink.target.delta.storage.FileInfo;
import io.lakehousecdc.sink.target.delta.storage.FileInput;
import io.lakehousecdc.sink.target.delta.storage.FileOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A store that fails once, at a chosen step: the n-th time that something is created, completed or
 * put, or just after it, when the work is done and only the answer is lost.
 */
final class FailingStore implements FileIO {
  private final FileIO store;
  private final AtomicInteger steps = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicReference<Runnable> beforeLogEntry = new AtomicReference<>();
  private volatile boolean after;

  FailingStore(FileIO store) {
    this.store = store;
  }

  /** Fails at the given step from now on, counted from 0. */
  void failAt(int step, boolean afterTheWork) {
    after = afterTheWork;
    steps.set(step);
  }

  /** Runs an action once, just before the next log entry is put: another writer that is quicker. */
  void beforeNextLogEntry(Runnable action) {
    beforeLogEntry.set(action);
  }

  /** Fails no more; whether it had to. */
  boolean heal() {
    return steps.getAndSet(Integer.MAX_VALUE) < 0;
  }

  private interface Work {
    void run() throws IOException;
  }

  private void step(Work work) throws IOException {
    boolean fails = steps.getAndDecrement() == 0;
    if (fails && !after) {
      throw new IOException("Injected before the work");
    }
    work.run();
    if (fails) {
      throw new IOException("Injected after the work");
    }
  }

  @Override
  public boolean serves(String scheme) {
    return store.serves(scheme);
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
  public List<FileInfo> listFrom(String location) throws IOException {
    return store.listFrom(location);
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
    step(() -> store.createDirectories(directory));
  }

  @Override
  public FileInput open(String location) throws IOException {
    return store.open(location);
  }

  @Override
  public FileOutput create(String location) throws IOException {
    FileOutput output = store.create(location);
    return new FileOutput() {
      @Override
      public long position() {
        return output.position();
      }

      @Override
      public void complete() throws IOException {
        step(output::complete);
      }

      @Override
      public void close() throws IOException {
        output.close();
      }

      @Override
      public void write(int b) throws IOException {
        output.write(b);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        output.write(bytes, from, length);
      }
    };
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    Runnable action = location.contains("/_delta_log/") ? beforeLogEntry.getAndSet(null) : null;
    if (action != null) {
      action.run();
    }
    step(() -> store.putIfAbsent(location, content));
  }

  @Override
  public boolean delete(String location) throws IOException {
    return store.delete(location);
  }
}
