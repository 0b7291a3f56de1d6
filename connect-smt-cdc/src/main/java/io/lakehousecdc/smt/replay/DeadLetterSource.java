// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.util.List;

/**
 * A source of dead letters: those that existed when it was opened, each once. For one thread.
 *
 * <p>Publish a batch before the call of {@link #commit}. If the process dies in between, the next
 * run publishes the batch a second time, and the sink recognises that by position.
 */
interface DeadLetterSource extends AutoCloseable {

  /** The next batch; empty at the end. To be called after {@link #commit} of the one before. */
  List<DeadLetter> next();

  /** Marks the last batch as done, so that no run returns it again. */
  void commit();

  /** Number of letters that are not returned because they were replayed often enough. */
  default long exhausted() {
    return 0;
  }

  @Override
  void close();
}
