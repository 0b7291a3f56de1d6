// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The pauses before a request is repeated: they double, and half of each is random, so that clients
 * which failed together do not come back together.
 */
final class Pauses {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 5_000;
  private static final long LONGEST_ASKED_FOR_MILLIS = 20_000;

  private Pauses() {}

  /**
   * @param repetition 0 before the first repetition
   * @param retryAfter the store's wish in seconds, as its header has it; null where it has none
   */
  static void before(int repetition, String retryAfter) throws InterruptedIOException {
    long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(repetition, 16));
    long millis = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(millis, askedFor(retryAfter)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted before a request was repeated");
    }
  }

  private static long askedFor(String retryAfter) {
    if (retryAfter == null || !retryAfter.matches("[0-9]{1,6}")) {
      return 0;
    }
    return Math.min(LONGEST_ASKED_FOR_MILLIS, Long.parseLong(retryAfter) * 1_000);
  }
}
