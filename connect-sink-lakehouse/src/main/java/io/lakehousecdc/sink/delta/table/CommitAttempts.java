// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts to commit to one table: tried again where another writer came first, and counted.
 */
final class CommitAttempts {
  private static final Logger LOG = LoggerFactory.getLogger(CommitAttempts.class);
  private static final int ATTEMPTS = 25;
  private static final int BACK_OFF_MILLIS = 20;

  private final TableId id;
  private final String location;
  private final AtomicLong conflicts = new AtomicLong();

  CommitAttempts(TableId id, String location) {
    this.id = id;
    this.location = location;
  }

  /** Everything from looking at the newest version to committing on top of it. */
  @FunctionalInterface
  interface Attempt<T> {

    /**
     * @param lost number of attempts so far that others came before
     */
    T run(int lost) throws IOException, CommitConflictException;
  }

  /**
   * Does it until it is committed.
   *
   * @throws RetriableException others came first too many times in a row
   */
  <T> T untilCommitted(Attempt<T> body) throws IOException {
    int attempt = 1;
    while (true) {
      try {
        return body.run(attempt - 1);
      } catch (OutdatedVersionException e) {
        // Not an attempt; the next one looks at the log first, so that it is one.
        LOG.debug("{}", e.getMessage());
      } catch (CommitConflictException e) {
        conflicts.incrementAndGet();
        LOG.info("{}: another writer committed first (attempt {})", location, attempt);
        if (attempt == ATTEMPTS) {
          throw new RetriableException(
              "Table " + id + ": others committed first " + ATTEMPTS + " times in a row", e);
        }
        backOff(attempt);
        attempt++;
      }
    }
  }

  private static void backOff(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong((long) BACK_OFF_MILLIS * attempt) + 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetriableException("Interrupted while waiting for another writer", e);
    }
  }

  /** Number of commits that came second, so far; for any thread. */
  long conflicts() {
    return conflicts.get();
  }
}
