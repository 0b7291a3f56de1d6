// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Local files behind the requests of an object store, which it counts: opening a file of known
 * length makes none, each read is one, and so is the removal of many files.
 */
public final class RemoteStore extends ForwardingFileIO {
  public static final int CONCURRENCY = 32;

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Consumer<Request> during = request -> {};

  /** A request: GET, HEAD, LIST, PUT or DELETE. */
  public record Request(String kind, String location) {}

  public RemoteStore() {
    super(new LocalFileIO());
  }

  /** Has something done while each request is under way, by the thread that makes it. */
  public void during(Consumer<Request> action) {
    during = action;
  }

  /** Requests of a kind so far, whose locations end in a way. */
  public List<Request> requests(String kind, String end) {
    return requests.stream()
        .filter(request -> request.kind.equals(kind) && request.location.endsWith(end))
        .toList();
  }

  /** All requests so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public void forgetRequests() {
    requests.clear();
  }

  private void request(String kind, String location) {
    Request request = new Request(kind, location);
    requests.add(request);
    during.accept(request);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public int concurrency() {
    return CONCURRENCY;
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    request("HEAD", location);
    return super.stat(location);
  }

  @Override
  public boolean exists(String location) throws IOException {
    request("HEAD", location);
    return super.exists(location);
  }

  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    request("LIST", location);
    return super.listFrom(location);
  }

  @Override
  public FileInput open(String location) throws IOException {
    FileInfo file =
        stat(location).orElseThrow(() -> new FileNotFoundException("Not found: " + location));
    return open(location, file.size());
  }

  @Override
  public FileInput open(String location, long length) {
    return new Input(location, length);
  }

  private FileInput opened(String location) throws IOException {
    return super.open(location);
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    request("PUT", location);
    super.putIfAbsent(location, content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    request("DELETE", location);
    return super.delete(location);
  }

  @Override
  public void deleteAll(Collection<String> locations) throws IOException {
    request("DELETE", locations.size() + " files");
    for (String location : locations) {
      super.delete(location);
    }
  }

  private final class Input implements FileInput {
    private final String location;
    private final long length;

    Input(String location, long length) {
      this.location = location;
      this.length = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
      int count = (int) Math.min(into.remaining(), length - position);
      if (count <= 0) {
        return into.hasRemaining() ? -1 : 0;
      }
      request("GET", location);
      try (FileInput file = opened(location)) {
        ByteBuffer part = into.slice().limit(count);
        file.readFully(position, part);
      }
      into.position(into.position() + count);
      return count;
    }

    @Override
    public void close() {}
  }
}
