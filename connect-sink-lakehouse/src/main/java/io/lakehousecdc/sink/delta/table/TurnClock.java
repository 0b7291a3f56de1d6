// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.error.RetriableException;

/** The clock by which {@link CommitTurns} measures and waits. */
interface TurnClock {
  /** Nanoseconds from any point in time on. */
  long nanos();

  /**
   * Waits.
   *
   * @throws RetriableException the thread was interrupted
   */
  void pause(long millis);

  /** The clock of the system. */
  TurnClock SYSTEM =
      new TurnClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(long millis) {
          try {
            Thread.sleep(millis);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted while others had their turn at the table", e);
          }
        }
      };
}
