// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Offset of a partition up to which the target holds everything: Kafka may know it, and reading may
 * begin there.
 *
 * <p>Thread-safe. The writer thread tells of commits, the task thread does everything else. What is
 * known is one immutable value that is replaced as a whole, so that no thread sees half of a
 * change. {@link #received} sets it only where nothing is known, and never in place of a commit.
 * {@link #beginAnew} may replace what a commit told, and is therefore called only while the writer
 * has nothing in flight.
 */
final class ReportableOffset {
  private final AtomicReference<Known> known = new AtomicReference<>();

  /**
   * What is known.
   *
   * @param offset everything before it is committed
   * @param begunAnew whether the topic was deleted and created anew, and the target's state still
   *     tells of the old one
   */
  private record Known(long offset, boolean begunAnew) {}

  /** The offset of a partition that the target holds a state of. */
  static ReportableOffset stored(long nextOffset) {
    ReportableOffset stored = new ReportableOffset();
    stored.committed(nextOffset);
    return stored;
  }

  /** The record at {@code offset} has come: where nothing is known, all before it is committed. */
  void received(long offset) {
    if (known.get() == null) {
      known.compareAndSet(null, new Known(offset, false));
    }
  }

  /** The target has committed everything before {@code nextOffset}. */
  void committed(long nextOffset) {
    known.set(new Known(nextOffset, false));
  }

  /**
   * The topic was deleted and created anew, and its first record lies at {@code offset}. What came
   * of the old one is committed, and what the target holds says nothing of the new one until its
   * first commit.
   */
  void beginAnew(long offset) {
    known.set(new Known(offset, true));
  }

  /** Whether the topic was created anew and nothing of it has been committed yet. */
  boolean isBegunAnew() {
    Known now = known.get();
    return now != null && now.begunAnew;
  }

  /** The offset; empty before the first record of a partition that the target does not know. */
  OptionalLong value() {
    Known now = known.get();
    return now == null ? OptionalLong.empty() : OptionalLong.of(now.offset);
  }

  /**
   * The offset that may be reported to Kafka.
   *
   * @param current offset after the last record that was delivered
   * @param taken offset after the last record that was taken in
   */
  long reportable(long current, long taken) {
    Known now = known.get();
    boolean nothingPending = now == null || now.offset >= taken && !now.begunAnew;
    return nothingPending ? current : Math.min(current, now.offset);
  }
}
