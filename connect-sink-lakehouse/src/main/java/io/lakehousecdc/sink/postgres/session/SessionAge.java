// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import java.time.Duration;

/**
 * The age of a session, in time and in transactions that the server has begun since, with the
 * limits of both; 0 sets none. Not thread-safe.
 */
final class SessionAge {
  private final long opened = System.nanoTime();
  private final Duration maxAge;
  private final long maxTransactions;
  private long first = -1;
  private long latest = -1;

  SessionAge(Duration maxAge, long maxTransactions) {
    this.maxAge = maxAge;
    this.maxTransactions = maxTransactions;
  }

  /** Notes the server's next transaction id, without its wraparound. */
  void transactions(long next) {
    first = first < 0 ? next : first;
    latest = next;
  }

  boolean isReached() {
    boolean old = !maxAge.isZero() && System.nanoTime() - opened >= maxAge.toNanos();
    return old || maxTransactions > 0 && latest - first >= maxTransactions;
  }
}
