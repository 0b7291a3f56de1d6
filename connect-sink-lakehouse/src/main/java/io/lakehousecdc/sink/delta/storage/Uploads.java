// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The uploads of files that are written, and become durable beside the writing of others. What they
 * hold in memory is bounded: who writes faster than the store takes files waits for the oldest. For
 * one thread at a time.
 */
public final class Uploads implements AutoCloseable {
  /** Bytes of files under way, unless a single one is longer. */
  private static final long MOST_BYTES = 32 << 20;

  private final Requests requests;
  private final int most;
  private final Deque<Upload> pending = new ArrayDeque<>();
  private long bytes;

  private record Upload(Request<Void> request, long bytes) {}

  /** Uploads to a store, as many at a time as it pays there. */
  public Uploads(FileIO store) {
    this.requests = Requests.of(store);
    this.most = Math.max(1, store.concurrency());
  }

  /**
   * Begins to complete a file, to which nothing more is written. It is closed whatever becomes of
   * it.
   *
   * @throws IOException it, or an earlier one, cannot be completed
   */
  public void begin(FileOutput file) throws IOException {
    try {
      while (!pending.isEmpty()
          && (pending.size() >= most || bytes + file.position() > MOST_BYTES)) {
        awaitOldest();
      }
    } catch (IOException | RuntimeException | Error failure) {
      file.close();
      throw failure;
    }
    long size = file.position();
    Request<Void> request =
        requests.begin(
            () -> {
              try (file) {
                file.complete();
              }
              return null;
            });
    pending.add(new Upload(request, size));
    bytes += size;
    if (request.isEnded()) {
      // Nothing is gained by going on after a failure.
      await();
    }
  }

  /**
   * Waits until all files are durable.
   *
   * @throws IOException one is not, or may not be; nothing is under way any more
   */
  public void await() throws IOException {
    Throwable failure = null;
    while (!pending.isEmpty()) {
      try {
        awaitOldest();
      } catch (IOException | RuntimeException | Error next) {
        if (failure == null) {
          failure = next;
        } else {
          failure.addSuppressed(next);
        }
      }
    }
    if (failure instanceof IOException failed) {
      throw failed;
    }
    if (failure instanceof RuntimeException failed) {
      throw failed;
    }
    if (failure instanceof Error failed) {
      throw failed;
    }
  }

  private void awaitOldest() throws IOException {
    Upload oldest = pending.remove();
    bytes -= oldest.bytes;
    oldest.request.await();
  }

  /** Waits until nothing is under way any more, whatever becomes of it. */
  @Override
  public void close() {
    while (!pending.isEmpty()) {
      try {
        awaitOldest();
      } catch (IOException | RuntimeException | Error given) {
        // Who closes this has given the files up.
      }
    }
  }
}
