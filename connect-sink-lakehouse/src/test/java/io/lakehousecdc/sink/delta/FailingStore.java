// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A store that fails at a chosen step: the n-th time that something is created, completed or put,
 * or just after it, when the work is done and only the answer is lost. From then on no file can be
 * read until it is healed.
 */
final class FailingStore extends ForwardingFileIO {
  private final AtomicInteger steps = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicReference<Runnable> beforeLogEntry = new AtomicReference<>();
  private volatile boolean after;

  FailingStore(FileIO store) {
    super(store);
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
  public void createDirectories(String directory) throws IOException {
    step(() -> super.createDirectories(directory));
  }

  @Override
  public FileInput open(String location) throws IOException {
    if (steps.get() < 0) {
      throw new IOException("Injected: not reachable");
    }
    return super.open(location);
  }

  @Override
  public FileOutput create(String location) throws IOException {
    return new ForwardingFileOutput(super.create(location)) {
      @Override
      public void complete() throws IOException {
        step(super::complete);
      }
    };
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    Runnable action = location.contains("/_delta_log/") ? beforeLogEntry.getAndSet(null) : null;
    if (action != null) {
      action.run();
    }
    step(() -> super.putIfAbsent(location, content));
  }
}
