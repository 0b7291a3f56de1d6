// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.MaxCommitRetryLimitReachedException;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.checksum.CRCInfo;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.transaction.CreateTableTransactionBuilder;
import io.delta.kernel.transaction.UpdateTableTransactionBuilder;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;

/** The transactions of one table's log. Each is tried once. Stateless and thread-safe. */
final class LogTransactions {
  /** How this sink names itself to Kernel, which puts its own name before it. */
  static final String ENGINE = "connect-lakehouse";

  private final Engine engine;
  private final String location;
  private final LogEntries entries;
  private final LogFailures failures;

  LogTransactions(Engine engine, String location, LogEntries entries, LogFailures failures) {
    this.engine = engine;
    this.location = location;
    this.entries = entries;
    this.failures = failures;
  }

  /** Begins to create the table. */
  CreateTableTransactionBuilder create(StructType schema) {
    return TableManager.buildCreateTableTransaction(location, schema, ENGINE).withMaxRetries(0);
  }

  /** Begins a change on top of {@code base}. */
  UpdateTableTransactionBuilder update(TableVersion base, Operation operation) {
    try {
      return base.snapshot().buildUpdateTableTransaction(ENGINE, operation).withMaxRetries(0);
    } catch (KernelException e) {
      throw failures.ofTable("write to", e);
    }
  }

  /**
   * Commits, or does not at all.
   *
   * @throws CommitConflictException another writer committed first
   * @throws RetriableException the store failed; the commit may nevertheless have happened
   */
  TableVersion commit(Transaction transaction, List<Row> actions) throws CommitConflictException {
    try {
      Snapshot committed =
          transaction
              .commit(
                  engine,
                  CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator())))
              .getPostCommitSnapshot()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "A commit without retries has a snapshot after it"));
      return new TableVersion(engine, committed, entry(committed));
    } catch (MaxCommitRetryLimitReachedException e) {
      if (causedByExistingFile(e)) {
        throw new CommitConflictException("Another writer committed to " + location, e);
      }
      throw failures.ofStore("commit to", e);
    } catch (KernelEngineException | UncheckedIOException e) {
      throw failures.ofStore("commit to", e);
    }
  }

  /** Kernel tells it where it knew the sums of the version before; else it is read. */
  private String entry(Snapshot committed) {
    return ((SnapshotImpl) committed)
        .getCurrentCrcInfo()
        .flatMap(CRCInfo::getTxnId)
        .orElseGet(() -> entries.identity(committed.getVersion()).orElse(""));
  }

  private static boolean causedByExistingFile(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileAlreadyExistsException) {
        return true;
      }
    }
    return false;
  }
}
