// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.EncodeAhead;
import io.lakehousecdc.sink.postgres.write.Progress;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.SourceProgress;
import io.lakehousecdc.sink.spi.StatusWrites;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A warehouse in PostgreSQL. A commit is one transaction over all its tables, the offsets and the
 * dead letters. A lost connection is opened anew by the next call.
 */
final class PostgresTarget implements Target {
  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final EncodeAhead ahead;
  private final TargetSession session;
  private final SharedHistories histories;
  private final DoneWork done = new DoneWork();
  private final TargetSession maintenanceSession;
  private final BeforeCommit maintenance;
  private final BackgroundSweeps sweeps;
  private final CommitRunner commits;
  private final StatusWriter status;
  private final Map<String, LongSupplier> gauges;

  /**
   * Connects, and creates the sink's own tables where they are missing.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be opened
   */
  PostgresTarget(PostgresSettings settings, TargetContext context) {
    this.settings = settings;
    this.bookkeeping = Bookkeeping.of(settings, context.connector());
    this.ahead = new EncodeAhead("lakehouse-encoder-" + context.connector() + "-" + context.task());
    this.session = new TargetSession(settings, bookkeeping, ahead, context);
    this.histories = new SharedHistories(bookkeeping.histories(), bookkeeping.offsets());
    Progress progress = new Progress();
    BeforeCommit before =
        new BeforeCommit(session, settings, bookkeeping, histories, progress, done);
    this.maintenanceSession = new TargetSession(settings, bookkeeping, ahead, context);
    this.maintenance =
        new BeforeCommit(
            maintenanceSession,
            settings,
            bookkeeping,
            new SharedHistories(bookkeeping.histories(), bookkeeping.offsets()),
            progress,
            done);
    this.sweeps =
        new BackgroundSweeps(
            "lakehouse-sweeper-" + context.connector() + "-" + context.task(),
            new TargetSession(settings, bookkeeping, ahead, context),
            settings,
            bookkeeping,
            progress);
    this.status = new StatusWriter(settings, bookkeeping);
    this.commits =
        new CommitRunner(session, settings, bookkeeping, histories, before, done, sweeps, status);
    Map<String, LongSupplier> figures = new HashMap<>(session.gauges());
    figures.putAll(progress.gauges());
    figures.put("postgres-swapped-batches", commits::replacements);
    this.gauges = Map.copyOf(figures);
    try {
      session.run("Connecting to PostgreSQL", (connected, tables) -> null);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    done.reset();
    Map<SourcePartition, PartitionState> states =
        session.run(
            "Reading offsets",
            (connected, tables) -> {
              if (!bookkeeping.sweepWork().all(connected.connection()).isEmpty()) {
                sweeps.wake();
              }
              return states(connected.connection(), partitions);
            });
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      PartitionState state = states.get(partition);
      if (state != null) {
        loaded.put(partition, new LoadedPartition(state, Map.of()));
      }
    }
    return loaded;
  }

  @Override
  public Histories histories() {
    return session.run(
        "Reading histories", (connected, tables) -> histories.read(connected.connection()));
  }

  @Override
  public List<SourceProgress> progress() {
    return session.run(
        "Reading the progress of sources",
        (connected, tables) ->
            connected.catalog().table(bookkeeping.progress().table()).isEmpty()
                ? List.of()
                : bookkeeping.progress().read(connected.connection()));
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    return commits.commit(commit);
  }

  @Override
  public StatusWrites statusWrites() {
    return StatusWrites.WITH_COMMITS;
  }

  /** Waits for the transaction of a commit, and holds up the next one for a moment. */
  @Override
  public void report(List<TableStatus> told) {
    session.run(
        "Writing the status of tables",
        (connected, tables) -> {
          status.writeApart(connected, told);
          return null;
        });
    status.wroteApart();
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return session.run(
        "Reading sweeps that wait",
        (connected, tables) -> bookkeeping.sweeps().pending(connected.connection(), topics));
  }

  @Override
  public void prepare(Commit next) {
    if (settings.tables().writeMode() == WriteMode.UPSERT) {
      ahead.begin(next, settings::resolved);
    }
  }

  @Override
  public Set<TableId> needingMaintenance(Commit commit) {
    return commits.needingMaintenance(commit);
  }

  @Override
  public void maintain(Commit commit) {
    maintenance.runApart(commit, commits.asStored(commit));
  }

  @Override
  public void rehearse(Commit commit) {
    commits.rehearse(commit);
  }

  @Override
  public void cancel() {
    session.cancel();
    maintenanceSession.cancel();
  }

  @Override
  public void abort() {
    session.abort();
    maintenanceSession.abort();
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    session.run(
        "Altering offsets",
        (connected, tables) -> {
          bookkeeping.offsets().alter(connected.connection(), altered);
          return null;
        });
  }

  /** Stored states of all partitions of the topics that the given ones belong to. */
  private Map<SourcePartition, PartitionState> states(
      Connection connection, Set<SourcePartition> partitions) throws SQLException {
    Set<String> topics =
        partitions.stream().map(SourcePartition::topic).collect(Collectors.toSet());
    return bookkeeping.offsets().states(connection, topics);
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return gauges;
  }

  @Override
  public void close() {
    sweeps.close();
    maintenanceSession.close();
    ahead.close();
    session.close();
  }
}
