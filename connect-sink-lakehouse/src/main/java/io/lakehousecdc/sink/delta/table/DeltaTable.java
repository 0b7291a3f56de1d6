// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.ExclusiveTable;
import io.lakehousecdc.sink.delta.maintenance.TableMaintenance;
import io.lakehousecdc.sink.delta.schema.TableSchemas;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.write.AppendPlanner;
import io.lakehousecdc.sink.delta.write.BatchPlan;
import io.lakehousecdc.sink.delta.write.CommitClock;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.delta.write.FileWriter;
import io.lakehousecdc.sink.delta.write.PreparedCommit;
import io.lakehousecdc.sink.delta.write.UpsertPlanner;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Delta table that this process keeps. Tasks of the process share it, and so its key index; its
 * methods exclude one another. Other processes are met in the log alone.
 *
 * <p>A commit is planned against one version and either becomes the next version or fails: then
 * what the others committed is taken over first, and everything is planned anew. Nothing planned
 * for one version is ever committed on top of another, because a deletion vector names rows of
 * files that may be gone in the other.
 */
public final class DeltaTable implements AutoCloseable, ExclusiveTable {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaTable.class);

  private final TableId id;
  private final TableLog log;
  private final FileIO store;
  private final RowFiles rowFiles;
  private final DeletionVectors vectors;
  private final TableOptions options;
  private final TableMaintenance maintenance;
  private final CommitAttempts attempts;
  private final CommitClock clock = new CommitClock();
  private final TableHead head;

  /** Fair: commits that follow each other closely must not keep maintenance from its turn. */
  private final ReentrantLock turn = new ReentrantLock(true);

  public DeltaTable(
      TableId id,
      String location,
      FileIO store,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options) {
    this.id = id;
    this.log = new TableLog(store, location);
    this.store = store;
    this.rowFiles = rowFiles;
    this.vectors = new DeletionVectors(store, location);
    this.options = options;
    this.attempts = new CommitAttempts(id, location);
    this.head =
        new TableHead(
            id, log, new TableSchemas(options, settings.newTables()), rowFiles, vectors, options);
    this.maintenance =
        new TableMaintenance(
            this,
            store,
            location,
            new Compactor(store, settings.writeOptions()),
            settings.maintenance());
  }

  public TableId id() {
    return id;
  }

  /** Metadata domains of the newest version; empty where there is no table. */
  public Map<String, String> domains() {
    return committing(() -> head.refresh() ? Map.copyOf(head.state().domains()) : Map.of());
  }

  /** Whether there is a table. */
  public boolean exists() {
    return committing(head::refresh);
  }

  /**
   * Commits a batch, however often others come first.
   *
   * @param batch has columns, or there is a table: a truncate or a sweep can come by itself, but no
   *     table can be made of it
   */
  public CommitReceipt commit(TableBatch batch, CommitHook companion) {
    long asked = System.nanoTime();
    return storing(
        () -> {
          clock.begin(asked);
          return attempts.untilCommitted(
              () -> {
                clock.passed(Phase.WAIT);
                boolean exists = head.refresh();
                clock.passed(Phase.REFRESH);
                Optional<CommitExtras> extras =
                    companion.decide(exists ? head.state().domains() : Map.of());
                return extras.isEmpty() ? CommitReceipt.NOTHING : tryCommit(batch, extras.get());
              });
        });
  }

  /** Throws what {@link #commit} would throw because of the batch. Rows stay as they are. */
  public void rehearse(TableBatch batch) {
    committing(
        () -> {
          head.refresh();
          BatchPlan plan = plan(head.prepare(batch).batch(), Optional.empty());
          FileWriter writer = new FileWriter(head.state(), vectors, log.location(), clock);
          try {
            writer.write(plan);
          } finally {
            discard(writer.locations());
          }
          return null;
        });
  }

  /** Makes the table for rows of the schema where there is none. */
  public void createIfAbsent(RowSchema schema) {
    committing(
        () -> {
          if (!head.refresh()) {
            head.prepare(schema);
          }
          return null;
        });
  }

  /**
   * Sets and removes metadata domains, without rows.
   *
   * @param schema schema to create the table with where there is none; null to do nothing then
   */
  public void setDomains(RowSchema schema, CommitHook companion) {
    committing(
        () -> {
          boolean exists = head.refresh();
          if (!exists && schema == null) {
            return null;
          }
          Optional<CommitExtras> extras =
              companion.decide(exists ? head.state().domains() : Map.of());
          if (extras.isPresent()) {
            if (!exists) {
              head.prepare(schema);
            }
            Map<String, Optional<String>> domains = extras.get().domains();
            TableVersion now =
                log.commit(
                    head.state().version(), new NewCommit(List.of(), List.of(), domains, false));
            head.state().committed(now, List.of(), List.of(), domains);
            maintenance.committed();
          }
          return null;
        });
  }

  @Override
  public <T> Optional<T> exclusively(Work<T> work) {
    return committing(() -> head.refresh() ? Optional.of(run(work)) : Optional.empty());
  }

  private <T> T run(Work<T> work) throws IOException, CommitConflictException {
    boolean stands = false;
    try {
      T result = work.run(head.state());
      stands = true;
      return result;
    } catch (CommitConflictException e) {
      stands = true;
      throw e;
    } finally {
      // What was begun may be half in the index: the next call reads the table from the start.
      if (!stands) {
        head.forget();
      }
    }
  }

  @Override
  public void checkpointed() {
    storing(
        () -> {
          head.reload();
          return null;
        });
  }

  public RowFiles rowFiles() {
    return rowFiles;
  }

  /** What is done beside the commits. */
  public TableMaintenance maintenance() {
    return maintenance;
  }

  /** Where the time of commits goes. */
  public CommitClock clock() {
    return clock;
  }

  /** Number of commits that came second, so far. */
  public long conflicts() {
    return attempts.conflicts();
  }

  private CommitReceipt tryCommit(TableBatch batch, CommitExtras extras)
      throws IOException, CommitConflictException {
    ColumnChanges columns = head.prepare(batch);
    BatchPlan plan = plan(columns.batch(), extras.due());
    clock.passed(Phase.PLAN);
    FileWriter writer = new FileWriter(head.state(), vectors, log.location(), clock);
    boolean knownToFail = true;
    try {
      PreparedCommit prepared = writer.write(plan);
      Map<String, Optional<String>> domains = new HashMap<>(extras.domains());
      domains.putAll(FollowedColumns.domains(columns));
      plan.truncatedBelow()
          .ifPresent(
              below ->
                  domains.put(
                      PartitionDomains.truncateName(),
                      Optional.of(PartitionDomains.truncateText(below))));
      // Whatever goes wrong from here on, the entry may have been written: its files must stay.
      knownToFail = false;
      TableVersion now;
      try {
        now = log.commit(head.state().version(), prepared.toCommit(domains));
      } catch (CommitConflictException e) {
        knownToFail = true;
        throw e;
      }
      clock.passed(Phase.LOG);
      boolean indexed = false;
      try {
        head.state().committed(now, prepared.removed(), prepared.added(), domains);
        index(plan, prepared);
        indexed = true;
        clock.passed(Phase.INDEX);
      } finally {
        if (!indexed) {
          forget();
        }
      }
      maintenance.committed();
      return plan.receipt();
    } finally {
      if (knownToFail) {
        discard(writer.locations());
      }
    }
  }

  private void index(BatchPlan plan, PreparedCommit prepared) {
    KeyMap keys = head.state().keys();
    if (keys == null) {
      return;
    }
    plan.removedKeys().forEach(keys::remove);
    prepared.placed().forEach((file, placed) -> keys.put(placed, file));
  }

  private BatchPlan plan(TableBatch batch, Optional<Sweep> due) throws IOException {
    if (options.writeMode() == WriteMode.APPEND) {
      return AppendPlanner.plan(batch, head.state().shape());
    }
    if (!batch.schema().hasKey() && !batch.changes().isEmpty()) {
      throw new FatalException(
          "Table "
              + id
              + " has no key, which upserts need. Name key columns with key.columns, or set"
              + " write.mode to append.");
    }
    return new UpsertPlanner(head.state(), batch, options.deleteMode(), clock).plan(due);
  }

  private void discard(List<String> locations) {
    for (String location : locations) {
      try {
        store.delete(location);
      } catch (IOException e) {
        LOG.warn(
            "Cannot delete {}, which no commit names; the vacuum will: {}", location, e.toString());
      }
    }
  }

  private <T> T committing(CommitAttempts.Attempt<T> attempt) {
    return storing(() -> attempts.untilCommitted(attempt));
  }

  @FunctionalInterface
  private interface Stored<T> {
    T run() throws IOException;
  }

  private <T> T storing(Stored<T> body) {
    turn.lock();
    try {
      return body.run();
    } catch (IOException e) {
      throw new RetriableException(
          "Table " + id + " at " + log.location() + ": " + e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  /** Ends maintenance, too: it needs the lock to end, so that it is waited for without. */
  @Override
  public void close() {
    maintenance.close();
    forget();
  }

  private void forget() {
    turn.lock();
    try {
      head.forget();
    } finally {
      turn.unlock();
    }
  }
}
