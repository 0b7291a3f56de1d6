// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.KeysAhead;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Requests;
import io.lakehousecdc.sink.delta.write.AppendPlanner;
import io.lakehousecdc.sink.delta.write.BatchPlan;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.delta.write.FileWriter;
import io.lakehousecdc.sink.delta.write.HistoryPlanner;
import io.lakehousecdc.sink.delta.write.PreparedCommit;
import io.lakehousecdc.sink.delta.write.UpsertPlanner;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt to commit a batch on top of one version of a table: it is planned, its files are
 * written and durable, the log entry is put, and the version in memory follows, in this order.
 *
 * <p>Closing it deletes the files that hold for this version alone, unless they may be visible:
 * once the log entry has been tried, it may be there whatever the store has answered. Only a
 * conflict proves that it is another writer's. The files of new rows go by the same rule when the
 * work on the batch ends.
 *
 * <p>Guarded by the lock of its table.
 */
final class TableCommit implements AutoCloseable {
  private final TableLog log;
  private final FileIO store;
  private final TableState state;
  private final TableOptions options;
  private final Histories histories;
  private final BatchWork work;
  private final TableVersion version;
  private final FileWriter writer;
  private final Map<String, Optional<String>> domains = new HashMap<>();
  private BatchPlan plan;
  private KeyMap keys;
  private PreparedCommit prepared;
  private TableVersion committed;
  private KeysAhead ahead;
  private boolean mayBeVisible;

  /**
   * @param state the version to commit on top of
   * @param histories what is known of sources
   * @param work what other attempts have left
   */
  TableCommit(
      TableLog log,
      FileIO store,
      TableState state,
      DeletionVectors vectors,
      TableOptions options,
      Histories histories,
      BatchWork work) {
    this.log = log;
    this.store = store;
    this.state = state;
    this.options = options;
    this.histories = histories;
    this.work = work;
    this.version = state.version();
    this.writer = new FileWriter(store, state, vectors, log.location(), work.files(), work.clock());
  }

  /**
   * Plans the batch.
   *
   * @param due the batch's sweep, where it is to be carried out
   */
  void plan(TableBatch batch, Optional<Sweep> due) throws IOException {
    take(planned(batch, due));
  }

  /** Takes a plan that was made for the version. */
  void take(BatchPlan made) {
    plan = made;
    keys = state.keys();
    work.clock().passed(Phase.PLAN);
  }

  /**
   * Whether it was planned on this version, so that what it has found in it still holds. The index
   * may be another all the same, of other columns, to which its keys would mean nothing.
   */
  boolean isOn(TableState newest) {
    return newest == state && newest.version() == version && newest.keys() == keys;
  }

  /** Writes the new rows, which needs no lock. Their files may still be under way. */
  void writeRows(TableShape shape) throws IOException {
    work.files().write(plan, shape);
    work.clock().passed(Phase.DATA_FILES);
  }

  private BatchPlan planned(TableBatch batch, Optional<Sweep> due) throws IOException {
    if (options.writeMode() == WriteMode.APPEND) {
      return AppendPlanner.plan(batch, state.shape(), options.schemalessTime());
    }
    if (!batch.schema().hasKey() && !batch.changes().isEmpty()) {
      throw new FatalException(
          "Table "
              + batch.table()
              + " has no key, which upserts and versions need. Name key columns with key.columns, or set"
              + " write.mode to append.");
    }
    if (options.writeMode() == WriteMode.HISTORY) {
      return new HistoryPlanner(state, work.cells(), batch, options, histories, work.clock())
          .plan(due);
    }
    return new UpsertPlanner(state, work.cells(), batch, options, histories, work.clock())
        .plan(due);
  }

  /** Writes the files, which may still be under way then. */
  void write() throws IOException {
    prepared = writer.write(plan);
  }

  /**
   * Waits until all files are durable.
   *
   * @throws IOException one of them is not
   */
  void awaitFiles() throws IOException {
    work.files().await();
    writer.await();
  }

  /**
   * Puts the log entry, which makes the commit visible. Where the store waits for a network, the
   * key index follows meanwhile; where the commit is not made, it is as it was when this throws,
   * unless it {@link #isAhead}.
   *
   * @param extras metadata domains to set or, where empty, to remove with it
   * @throws CommitConflictException another writer committed first
   */
  void log(Map<String, Optional<String>> extras) throws IOException, CommitConflictException {
    domains.putAll(extras);
    plan.floors()
        .ifPresent(floors -> domains.put(RememberedFloors.NAME, Optional.of(floors.text())));
    mayBeVisible = true;
    Requests requests = Requests.of(store);
    LogPut put = LogPut.begin(requests, log, state.version(), prepared.toCommit(domains));
    if (requests.overlap() && state.keys() != null && prepared.isPlacedAhead()) {
      ahead = new KeysAhead(state.keys());
      try {
        plan.removedKeys().forEach(ahead::remove);
        prepared.placed().forEach((file, placed) -> ahead.put(placed, file));
      } catch (RuntimeException | Error failure) {
        put.end(failure);
        throw failure;
      }
    }
    try {
      committed = put.await();
    } catch (CommitConflictException e) {
      mayBeVisible = false;
      throw e;
    } finally {
      if (committed == null && ahead != null) {
        ahead.takeBack();
        ahead = null;
      }
    }
    work.clock().passed(Phase.LOG);
  }

  /** Whether the index, or a part of it, is that of a version which is not known to be there. */
  boolean isAhead() {
    return ahead != null && committed == null;
  }

  /** Brings the version in memory, and its key index, to what has been committed. */
  void takeOver() throws IOException {
    state.committed(committed, prepared.removed(), prepared.added(), domains);
    KeyMap index = state.keys();
    if (index != null && ahead == null) {
      plan.removedKeys().forEach(index::remove);
      prepared.applyTo(index, state.rowFiles());
    }
    work.clock().passed(Phase.INDEX);
  }

  /** What the batch does. */
  CommitReceipt receipt() {
    return plan.receipt();
  }

  @Override
  public void close() {
    if (mayBeVisible) {
      work.files().keep();
    } else {
      writer.close();
      BatchWork.delete(store, writer.locations());
    }
  }
}
