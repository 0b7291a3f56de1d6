// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.storage.Request;
import io.lakehousecdc.sink.delta.storage.Requests;
import java.io.IOException;

/** A log entry on its way to the store, beside other work where the store waits for a network. */
final class LogPut {
  private final Request<Outcome> request;

  private record Outcome(TableVersion version, CommitConflictException conflict) {}

  private LogPut(Request<Outcome> request) {
    this.request = request;
  }

  /**
   * Begins to put an entry.
   *
   * @param base version to commit on top of
   */
  static LogPut begin(Requests requests, TableLog log, TableVersion base, NewCommit commit) {
    return new LogPut(
        requests.begin(
            () -> {
              try {
                return new Outcome(log.commit(base, commit), null);
              } catch (CommitConflictException conflict) {
                return new Outcome(null, conflict);
              }
            }));
  }

  /**
   * The new version. Nothing is under way any more when this returns or throws.
   *
   * @throws CommitConflictException another writer committed first
   */
  TableVersion await() throws IOException, CommitConflictException {
    Outcome outcome = request.await();
    if (outcome.conflict != null) {
      throw outcome.conflict;
    }
    return outcome.version;
  }

  /** Waits until nothing is under way any more, after a failure of something else. */
  void end(Throwable failure) {
    try {
      request.await();
    } catch (IOException | RuntimeException | Error another) {
      failure.addSuppressed(another);
    }
  }
}
