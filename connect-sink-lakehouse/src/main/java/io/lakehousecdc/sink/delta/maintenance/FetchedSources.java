// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.storage.BytesInput;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.Request;
import io.lakehousecdc.sink.delta.storage.Requests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The files of a compaction, read one after another. Where the store waits for a network, those
 * that follow are fetched meanwhile, each by one request, as many at a time as the memory for them
 * allows; large ones are read in pieces when their turn has come. For one thread at a time.
 */
final class FetchedSources implements AutoCloseable {
  /** Above, a file is read in pieces, and is no more than a few requests for its size. */
  private static final long MOST_FILE_BYTES = 8 << 20;

  private final FileIO store;
  private final Requests requests;
  private final long mostBytes;
  private final Deque<Source> ahead = new ArrayDeque<>();
  private final Deque<Fetch> underWay = new ArrayDeque<>();
  private long held;
  private long read;

  /** A file that is being fetched. */
  private record Fetch(Source source, Request<byte[]> content) {}

  /**
   * @param sources in the order in which they will be opened
   * @param mostBytes bytes of files that are held at a time, unless a single one is larger
   */
  FetchedSources(FileIO store, List<Source> sources, long mostBytes) {
    this.store = store;
    this.requests = Requests.of(store);
    this.mostBytes = mostBytes;
    if (requests.overlap()) {
      sources.stream().filter(FetchedSources::isFetched).forEach(ahead::add);
    }
  }

  private static boolean isFetched(Source source) {
    return source.size() <= MOST_FILE_BYTES && !source.live().isEmpty();
  }

  /** Heap that the files take at most. */
  static long bytes(FileIO store, List<Source> sources, long mostBytes) {
    if (!store.isRemote()) {
      return 0;
    }
    long all = 0;
    long largest = 0;
    for (Source source : sources) {
      if (isFetched(source)) {
        all += source.size();
        largest = Math.max(largest, source.size());
      }
    }
    return Math.min(all, Math.max(largest, mostBytes));
  }

  /**
   * Opens the next file. The one before it is not used any more.
   *
   * @throws IOException it cannot be read
   */
  FileInput open(Source source) throws IOException {
    held -= read;
    read = 0;
    fetch();
    if (underWay.isEmpty() || underWay.peek().source != source) {
      return store.open(source.location(), source.size());
    }
    byte[] content = underWay.remove().content.await();
    read = source.size();
    return new BytesInput(content);
  }

  private void fetch() {
    while (!ahead.isEmpty()
        && underWay.size() < store.concurrency()
        && (held == 0 || held + ahead.peek().size() <= mostBytes)) {
      Source next = ahead.remove();
      held += next.size();
      underWay.add(new Fetch(next, requests.begin(() -> content(next))));
    }
  }

  private byte[] content(Source source) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(source.size()));
    try (FileInput file = store.open(source.location(), source.size())) {
      file.readFully(0, content);
    }
    return content.array();
  }

  /** Waits until nothing is under way any more. */
  @Override
  public void close() {
    for (Fetch fetch : underWay) {
      try {
        fetch.content.await();
      } catch (IOException | RuntimeException | Error given) {
        // Who closes this before the end has given the files up.
      }
    }
    underWay.clear();
  }
}
