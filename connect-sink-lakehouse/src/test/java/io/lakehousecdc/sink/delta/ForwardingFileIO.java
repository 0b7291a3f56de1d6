// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that does what another does; tests override what is to go differently. */
public class ForwardingFileIO implements FileIO {
  private final FileIO store;

  public ForwardingFileIO(FileIO store) {
    this.store = store;
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
    store.createDirectories(directory);
  }

  @Override
  public FileInput open(String location) throws IOException {
    return store.open(location);
  }

  @Override
  public FileOutput create(String location) throws IOException {
    return store.create(location);
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    store.putIfAbsent(location, content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    return store.delete(location);
  }
}
