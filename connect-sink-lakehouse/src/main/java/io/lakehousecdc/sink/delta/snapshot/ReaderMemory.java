// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import java.io.InterruptedIOException;

/**
 * The heap that those take together who read several files at a time, over all tables of a worker.
 * Where requests wait for a network there are more readers than cores, and what bounds them is
 * this. Each holds one share at a time, so that none waits for another for good. Thread-safe.
 */
final class ReaderMemory {
  /** How much larger columns may be in memory than the whole of their file. */
  private static final int EXPANSION = 4;

  private static final int HEAP_SHARE = 8;

  /** That of this process: enough for large files on each core. */
  static final ReaderMemory WORKER =
      new ReaderMemory(
          Math.max(
              Runtime.getRuntime().availableProcessors() * RowFileReader.MEMORY_BYTES,
              Runtime.getRuntime().maxMemory() / HEAP_SHARE));

  private final long limit;
  private long taken;

  /**
   * @param limit bytes that readers may take together, unless there is a single one
   */
  ReaderMemory(long limit) {
    this.limit = limit;
  }

  /** Memory that is taken; closing it gives it back. */
  final class Share implements AutoCloseable {
    private final long bytes;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      synchronized (ReaderMemory.this) {
        taken -= bytes;
        ReaderMemory.this.notifyAll();
      }
    }
  }

  /** Takes what reading some columns of a file needs, waiting for others to give theirs back. */
  Share take(long fileBytes) throws InterruptedIOException {
    return taken(Math.min(RowFileReader.MEMORY_BYTES, EXPANSION * fileBytes));
  }

  /**
   * The same for all columns: of other programs' files a row group, which may be all of the file,
   * may have to be read at once.
   */
  Share takeWhole(long fileBytes) throws InterruptedIOException {
    return taken(Math.max(fileBytes, Math.min(RowFileReader.MEMORY_BYTES, EXPANSION * fileBytes)));
  }

  private synchronized Share taken(long bytes) throws InterruptedIOException {
    while (taken > 0 && taken + bytes > limit) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while waiting for memory to read a file");
      }
    }
    taken += bytes;
    return new Share(bytes);
  }
}
