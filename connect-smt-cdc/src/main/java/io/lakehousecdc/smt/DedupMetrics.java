// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.smt.dedup.Deduplicator;
import io.lakehousecdc.smt.dedup.Verdict;

/** The counters of {@link LsnDedup}. Written by the task's thread, read by any thread. */
final class DedupMetrics implements DedupMetricsMXBean {
  private volatile Snapshot now = new Snapshot(0, 0, 0, 0, 0, 0, 0, 0);

  /** Counts one verdict and copies the deduplicator's counters. For the task's thread only. */
  void count(Verdict verdict, Deduplicator deduplicator) {
    Snapshot last = now;
    now =
        new Snapshot(
            last.seen + 1,
            last.dropped + (verdict == Verdict.DUPLICATE ? 1 : 0),
            last.redelivered + (verdict == Verdict.REDELIVERED ? 1 : 0),
            last.unpositioned + (verdict == Verdict.UNPOSITIONED ? 1 : 0),
            deduplicator.evicted(),
            deduplicator.epochsBegun(),
            deduplicator.entries(),
            deduplicator.bytes());
  }

  @Override
  public long getSeen() {
    return now.seen;
  }

  @Override
  public long getDropped() {
    return now.dropped;
  }

  @Override
  public long getRedelivered() {
    return now.redelivered;
  }

  @Override
  public long getUnpositioned() {
    return now.unpositioned;
  }

  @Override
  public long getEvicted() {
    return now.evicted;
  }

  @Override
  public long getEpochs() {
    return now.epochs;
  }

  @Override
  public long getEntries() {
    return now.entries;
  }

  @Override
  public long getBytes() {
    return now.bytes;
  }

  private record Snapshot(
      long seen,
      long dropped,
      long redelivered,
      long unpositioned,
      long evicted,
      long epochs,
      long entries,
      long bytes) {}
}
