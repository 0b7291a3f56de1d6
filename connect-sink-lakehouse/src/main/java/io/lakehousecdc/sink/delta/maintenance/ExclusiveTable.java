// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.Optional;

/** A table as its maintenance sees it: newest versions, one user at a time. Thread-safe. */
public interface ExclusiveTable {

  /** Something done with the table while nobody else does anything with it. */
  @FunctionalInterface
  interface Work<T> {

    /**
     * @param state newest version
     * @throws CommitConflictException another writer committed first: it is done again, with what
     *     is then the newest version
     */
    T run(TableState state) throws IOException, CommitConflictException;
  }

  /** Does something with the newest version; empty where there is no table. */
  <T> Optional<T> exclusively(Work<T> work);

  /** There is a new checkpoint: reads the version anew, so that it builds on that one. */
  void checkpointed();
}
