// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The count of the direct memory that the key indexes of a worker hold, over all tables and tasks.
 * The memory is the JVM's, which other readers and writers of files need, too. Thread-safe.
 */
public final class IndexBudget {
  private final AtomicLong held = new AtomicLong();

  /** Bytes held. */
  public long held() {
    return held.get();
  }

  /** Holds so many bytes more if that makes at most {@code limit} in all; whether it does. */
  boolean take(long bytes, long limit) {
    long before;
    do {
      before = held.get();
      if (before + bytes > limit) {
        return false;
      }
    } while (!held.compareAndSet(before, before + bytes));
    return true;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  /**
   * A quarter of the direct memory that this JVM grants ({@code -XX:MaxDirectMemorySize}; without
   * it, as much as the greatest heap).
   */
  public static long quarterOfDirectMemory() {
    return directMemory() / 4;
  }

  private static long directMemory() {
    long set = 0;
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      if (options != null) {
        set = Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
      }
    } catch (IllegalArgumentException otherJvm) {
      // Another JVM has no such option: as where it is not set.
      set = 0;
    }
    return set > 0 ? set : Runtime.getRuntime().maxMemory();
  }
}
