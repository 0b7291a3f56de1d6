// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The heap that compactions share, over all tables and tasks of a worker. Whoever cannot have what
 * it needs is told when its turn has come, and holds no thread until then. Turns go in the order of
 * asking, so that a large compaction is not passed over for small ones for good. Thread-safe.
 */
public final class CompactionMemory {
  /** That of this process. */
  public static final CompactionMemory WORKER = new CompactionMemory();

  private final Map<Object, Request> waiting = new LinkedHashMap<>();
  private long taken;

  /**
   * What a compaction asks for.
   *
   * @param bytes heap that it needs
   * @param limit what all compactions may take together, by the settings of whoever asks. One that
   *     needs more is let in where there is no other
   * @param turn called, on any thread, when it is worth asking again; returns at once
   */
  record Request(long bytes, long limit, Runnable turn) {}

  /** Memory that is taken; closing it gives it back. */
  final class Grant implements AutoCloseable {
    private final long bytes;

    private Grant(long bytes) {
      this.bytes = bytes;
    }

    /** How much it is. */
    long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      synchronized (CompactionMemory.this) {
        taken -= bytes;
      }
      callNext();
    }
  }

  /**
   * Takes what is asked for; empty where others are to come first. Then its turn is kept until it
   * asks again or {@link #withdraw withdraws}: it has to do either when it is called.
   *
   * @param owner who asks
   */
  Optional<Grant> take(Object owner, Request request) {
    synchronized (this) {
      waiting.put(owner, request);
      if (waiting.keySet().iterator().next() != owner || !fits(request)) {
        return Optional.empty();
      }
      waiting.remove(owner);
      taken += request.bytes;
    }
    callNext();
    return Optional.of(new Grant(request.bytes));
  }

  /** Gives up its turn, if it waits. */
  void withdraw(Object owner) {
    boolean waited;
    synchronized (this) {
      waited = waiting.remove(owner) != null;
    }
    if (waited) {
      callNext();
    }
  }

  private void callNext() {
    Runnable turn = null;
    synchronized (this) {
      if (!waiting.isEmpty()) {
        Request next = waiting.values().iterator().next();
        turn = fits(next) ? next.turn : null;
      }
    }
    if (turn != null) {
      turn.run();
    }
  }

  private boolean fits(Request request) {
    return taken == 0 || taken + request.bytes <= request.limit;
  }
}
