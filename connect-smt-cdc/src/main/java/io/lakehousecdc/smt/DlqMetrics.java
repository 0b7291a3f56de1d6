// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import java.util.concurrent.atomic.LongAdder;

/** The counters of {@link DlqRouter}. Written by the task's thread, read by any thread. */
final class DlqMetrics implements DlqMetricsMXBean {
  private final LongAdder seen = new LongAdder();
  private final LongAdder rejected = new LongAdder();

  void countSeen() {
    seen.increment();
  }

  void countRejected() {
    rejected.increment();
  }

  @Override
  public long getSeen() {
    return seen.sum();
  }

  @Override
  public long getRejected() {
    return rejected.sum();
  }
}
