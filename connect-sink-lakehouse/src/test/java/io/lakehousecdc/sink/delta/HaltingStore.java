// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that ends the process, as kill -9 does, when it is about to change something for the n-th
 * time. What is done between two changes leaves no trace on the disk, so that these are all the
 * states that a death can leave.
 */
final class HaltingStore extends ForwardingFileIO {
  static final int HALTED = 86;

  private final AtomicInteger changes = new AtomicInteger();
  private final int last;

  /**
   * @param last number of the change that is never made, counted from 1
   */
  HaltingStore(FileIO store, int last) {
    super(store);
    this.last = last;
  }

  private void change() {
    if (changes.incrementAndGet() == last) {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    change();
    super.createDirectories(directory);
  }

  @Override
  public FileOutput create(String location) throws IOException {
    return new ForwardingFileOutput(super.create(location)) {
      @Override
      public void complete() throws IOException {
        change();
        super.complete();
      }
    };
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    change();
    super.putIfAbsent(location, content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    change();
    return super.delete(location);
  }
}
