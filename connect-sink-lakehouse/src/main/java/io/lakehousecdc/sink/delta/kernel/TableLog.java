// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.CommitRange;
import io.delta.kernel.CommitRangeBuilder.CommitBoundary;
import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.MaxCommitRetryLimitReachedException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.transaction.CreateTableTransactionBuilder;
import io.delta.kernel.transaction.DataLayoutSpec;
import io.delta.kernel.transaction.UpdateTableTransactionBuilder;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The transaction log of one table. Stateless and thread-safe; failures are {@link
 * RetriableException} (the store) or {@link FatalException} (a table that cannot be written).
 */
public final class TableLog {
  private static final String ENGINE = "connect-lakehouse";

  private final FileIO store;
  private final Engine engine;
  private final String location;
  private final CommitOrigins origins;

  /**
   * @param location of the table, as {@link FileIO#resolve} writes it
   */
  public TableLog(FileIO store, String location) {
    this.store = store;
    this.engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
    this.location = location;
    this.origins = new CommitOrigins(store, ENGINE);
  }

  /** Location of the table, without a slash at the end. */
  public String location() {
    return location;
  }

  /** The newest version; empty where there is no table. */
  public Optional<TableVersion> latest() {
    return call(
        "read",
        () -> {
          try {
            if (!store.exists(location + "/_delta_log")) {
              return Optional.empty();
            }
            return Optional.of(
                new TableVersion(engine, TableManager.loadSnapshot(location).build(engine)));
          } catch (TableNotFoundException e) {
            return Optional.empty();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Whether a version that was the newest still is. Costs two looks at the store. That no entry
   * follows is not enough: a clean-up of the log takes the entry of the version first and then
   * those after it, and who commits in their place writes what no reader finds. Nor does the
   * version stand where the table was dropped, and perhaps made anew with fewer commits.
   */
  public boolean isNewest(long version) {
    return !hasEntry(version + 1) && hasEntry(version);
  }

  private boolean hasEntry(long version) {
    try {
      return store.exists(commitFile(version));
    } catch (IOException e) {
      throw storeFailure("look at", e);
    }
  }

  /** Where the commit that made a version comes from; empty where the log does not hold it. */
  public Optional<CommitOrigin> origin(long version) {
    try {
      return origins.read(commitFile(version));
    } catch (IOException e) {
      throw storeFailure("read the log of", e);
    }
  }

  /**
   * An older version.
   *
   * @throws FatalException the log no longer holds it
   */
  public TableVersion version(long number) {
    return call(
        "read version " + number + " of",
        () ->
            new TableVersion(
                engine, TableManager.loadSnapshot(location).atVersion(number).build(engine)));
  }

  private String commitFile(long version) {
    return location + "/_delta_log/" + String.format("%020d", version) + ".json";
  }

  /**
   * Creates the table, without rows.
   *
   * @throws CommitConflictException another writer created it first
   */
  public TableVersion create(
      StructType schema, Map<String, String> properties, List<String> partitionBy)
      throws CommitConflictException {
    try {
      CreateTableTransactionBuilder builder =
          TableManager.buildCreateTableTransaction(location, schema, ENGINE)
              .withTableProperties(properties)
              .withMaxRetries(0);
      if (!partitionBy.isEmpty()) {
        builder =
            builder.withDataLayoutSpec(
                DataLayoutSpec.partitioned(partitionBy.stream().map(Column::new).toList()));
      }
      return commit(builder.build(engine), List.of());
    } catch (TableAlreadyExistsException e) {
      throw new CommitConflictException("Table " + location + " exists already", e);
    } catch (KernelException | IllegalArgumentException e) {
      throw unusable("create", e);
    }
  }

  /**
   * Sets properties, without touching rows.
   *
   * @throws CommitConflictException another writer committed first
   */
  public TableVersion configure(TableVersion base, Map<String, String> properties)
      throws CommitConflictException {
    try {
      return commit(
          update(base, Operation.MANUAL_UPDATE).withTablePropertiesAdded(properties).build(engine),
          List.of());
    } catch (KernelException | IllegalArgumentException e) {
      throw unusable("set properties of", e);
    }
  }

  /**
   * Changes the schema and sets properties and metadata domains, without touching rows. Tables
   * without column mapping can only be given more columns, and nothing else at the same time.
   *
   * @throws CommitConflictException another writer committed first
   */
  public TableVersion evolve(
      TableVersion base,
      StructType schema,
      Map<String, String> properties,
      Map<String, String> domains)
      throws CommitConflictException {
    try {
      if (!base.mapsColumns()) {
        return addUnmapped(base, schema);
      }
      UpdateTableTransactionBuilder builder =
          update(base, Operation.MANUAL_UPDATE).withUpdatedSchema(schema);
      if (!properties.isEmpty()) {
        builder = builder.withTablePropertiesAdded(properties);
      }
      Transaction transaction = builder.build(engine);
      domains.forEach(transaction::addDomainMetadata);
      return commit(transaction, List.of());
    } catch (KernelException | IllegalArgumentException e) {
      throw unusable("change the columns of", e);
    }
  }

  /**
   * Kernel lets nobody change the schema of a table without column mapping. The protocol does: a
   * commit may hold a metadata action, and readers take a column that a file lacks as NULL.
   */
  private TableVersion addUnmapped(TableVersion base, StructType schema)
      throws CommitConflictException {
    Row metadata = base.snapshot().getMetadata().withNewSchema(schema).toRow();
    TableVersion now =
        commit(
            update(base, Operation.MANUAL_UPDATE).build(engine),
            List.of(SingleAction.createMetadataSingleAction(metadata)));
    // The snapshot that Kernel makes after the commit knows nothing of the action. Read exactly
    // this
    // version: a later one may hold files of others that the caller has not seen.
    return new TableVersion(
        engine, TableManager.loadSnapshot(location).atVersion(now.number()).build(engine));
  }

  /**
   * Commits on top of {@code base}, or not at all. The files named must be durable already.
   *
   * @throws CommitConflictException another writer committed first
   * @throws RetriableException the store failed; the commit may nevertheless have happened, which
   *     the log tells: look for the domains that it sets
   */
  public TableVersion commit(TableVersion base, NewCommit commit) throws CommitConflictException {
    Transaction transaction = update(base, Operation.STREAMING_UPDATE).build(engine);
    commit
        .domains()
        .forEach(
            (domain, value) ->
                value.ifPresentOrElse(
                    text -> transaction.addDomainMetadata(domain, text),
                    () -> transaction.removeDomainMetadata(domain)));
    long now = System.currentTimeMillis();
    List<Row> actions = new ArrayList<>();
    commit.removed().forEach(file -> actions.add(Actions.remove(file, now, commit.dataChange())));
    commit.added().forEach(file -> actions.add(Actions.add(file, commit.dataChange())));
    return commit(transaction, actions);
  }

  /**
   * What changed between two versions; empty where the log no longer tells.
   *
   * @param known number of a version, less than that of {@code now}
   */
  public Optional<LogChanges> changes(long known, TableVersion now) {
    if (!hasEntry(known + 1)) {
      return Optional.empty();
    }
    return call(
        "read the changes of",
        () -> {
          CommitRange range =
              TableManager.loadCommitRange(location, CommitBoundary.atVersion(known + 1))
                  .withEndBoundary(CommitBoundary.atVersion(now.number()))
                  .build(engine);
          return Optional.of(LogChangeReader.read(engine, range));
        });
  }

  private UpdateTableTransactionBuilder update(TableVersion base, Operation operation) {
    try {
      return base.snapshot().buildUpdateTableTransaction(ENGINE, operation).withMaxRetries(0);
    } catch (KernelException e) {
      throw unusable("write to", e);
    }
  }

  private TableVersion commit(Transaction transaction, List<Row> actions)
      throws CommitConflictException {
    try {
      return transaction
          .commit(
              engine,
              CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator())))
          .getPostCommitSnapshot()
          .map(snapshot -> new TableVersion(engine, snapshot))
          .orElseThrow(
              () -> new IllegalStateException("A commit without retries has a snapshot after it"));
    } catch (MaxCommitRetryLimitReachedException e) {
      if (causedByExistingFile(e)) {
        throw new CommitConflictException("Another writer committed to " + location, e);
      }
      throw storeFailure("commit to", e);
    } catch (KernelEngineException | UncheckedIOException e) {
      throw storeFailure("commit to", e);
    }
  }

  private static boolean causedByExistingFile(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileAlreadyExistsException) {
        return true;
      }
    }
    return false;
  }

  private <T> T call(String action, Supplier<T> body) {
    try {
      return body.get();
    } catch (KernelEngineException | UncheckedIOException e) {
      throw storeFailure(action, e);
    } catch (KernelException e) {
      throw unusable(action, e);
    }
  }

  private RetriableException storeFailure(String action, Exception cause) {
    return new RetriableException(
        "Cannot " + action + " the Delta table at " + location + ": " + cause.getMessage(), cause);
  }

  private FatalException unusable(String action, Exception cause) {
    return new FatalException(
        "Cannot " + action + " the Delta table at " + location + ": " + cause.getMessage(), cause);
  }
}
