// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A place for one {@link CopyBuffer} that nobody uses at present, so that the rows of batch after
 * batch go into the same memory. Thread-safe.
 */
public final class SpareBuffer {
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
    spare.set(buffer);
  }
}
