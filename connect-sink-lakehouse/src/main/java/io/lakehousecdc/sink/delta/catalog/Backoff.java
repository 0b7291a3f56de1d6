// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before trying again: twice as long after each failure, and at random from half
 * of that on, so that workers do not come back together.
 *
 * @param first after the first failure
 * @param longest however many there were
 */
record Backoff(Duration first, Duration longest) {
  static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /**
   * Nanoseconds to wait.
   *
   * @param failures failures in a row, from 1 on
   */
  long nanos(int failures) {
    long most =
        Math.min(longest.toNanos(), first.toNanos() << Math.min(Math.max(failures - 1, 0), 20));
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }
}
