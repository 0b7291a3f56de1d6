// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A place for one {@link CopyBuffer} that nobody uses at present, so that the rows of batch after
 * batch go into the same memory. One that has grown large is let go of. Thread-safe.
 */
public final class SpareBuffer {
  /** Longer ones are for rows of a snapshot or a backlog, and would stay behind it. */
  static final int MOST_BYTES = 4 << 20;

  private final AtomicReference<CopyBuffer> spare = new AtomicReference<>();

  /**
   * An empty buffer, for the caller alone: the spare one where that is large enough, else a new
   * one.
   *
   * @param capacity bytes that it holds before it has to grow
   */
  public CopyBuffer take(int capacity) {
    CopyBuffer kept = spare.getAndSet(null);
    if (kept == null || kept.array().length < capacity) {
      return new CopyBuffer(capacity);
    }
    kept.truncate(0);
    return kept;
  }

  /** Gives a buffer back; the caller must not use it any more. */
  public void giveBack(CopyBuffer buffer) {
    if (buffer.array().length <= MOST_BYTES) {
      spare.set(buffer);
    }
  }
}
