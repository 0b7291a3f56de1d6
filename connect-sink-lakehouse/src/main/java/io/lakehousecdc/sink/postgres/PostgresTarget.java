// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.store.ColumnStore;
import io.lakehousecdc.sink.postgres.store.DeadLetterStore;
import io.lakehousecdc.sink.postgres.store.OffsetStore;
import io.lakehousecdc.sink.postgres.store.SweepStore;
import io.lakehousecdc.sink.postgres.store.TruncateStore;
import io.lakehousecdc.sink.postgres.write.CommitAttempt;
import io.lakehousecdc.sink.postgres.write.EncodeAhead;
import io.lakehousecdc.sink.postgres.write.SwapException;
import io.lakehousecdc.sink.postgres.write.TargetTables;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables in PostgreSQL. A commit is one transaction over all its tables, the offsets and the dead
 * letters; the offsets come first, so that a zombie waits for the true owner's transaction and then
 * fails. A lost connection is opened anew by the next call.
 */
final class PostgresTarget implements Target {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresTarget.class);

  private final PostgresSettings settings;
  private final SharedConstraints sharedConstraints;
  private final EncodeAhead ahead;
  private final OffsetStore offsets;
  private final TruncateStore truncates;
  private final SweepStore sweeps;
  private final Optional<DeadLetterStore> deadLetters;
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong stagingTables = new AtomicLong();
  private final AtomicLong ddlStatements = new AtomicLong();
  private final AtomicLong replacements = new AtomicLong();
  private final Map<String, LongSupplier> gauges =
      Map.of(
          "postgres-connections-opened", connections::get,
          "postgres-staging-tables", stagingTables::get,
          "postgres-ddl-statements", ddlStatements::get,
          "postgres-swapped-batches", replacements::get);

  private Session session;
  private TargetTables tables;
  private Commit lastCommit;
  private UUID lastId;
  private CommitReceipt lastReceipt;

  /**
   * Connects, and creates the sink's own tables where they are missing.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be opened
   */
  PostgresTarget(PostgresSettings settings, TargetContext context) {
    this.settings = settings;
    this.sharedConstraints = new SharedConstraints(context.tasks(), LOG::warn);
    this.ahead = new EncodeAhead("lakehouse-encoder-" + context.connector() + "-" + context.task());
    this.offsets = new OffsetStore(settings.offsetsTable(), context.connector());
    this.truncates = new TruncateStore(settings.truncatesTable());
    this.sweeps =
        new SweepStore(settings.sweepsTable(), settings.offsetsTable(), context.connector());
    this.deadLetters =
        settings
            .tables()
            .deadLetterTable()
            .map(name -> new DeadLetterStore(settings.resolved(parsed(name))));
    run("Connecting to PostgreSQL", () -> null);
  }

  private static TableId parsed(String name) {
    int dot = name.indexOf('.');
    return new TableId(dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    lastCommit = null;
    Set<String> topics =
        partitions.stream().map(SourcePartition::topic).collect(Collectors.toSet());
    Map<SourcePartition, PartitionState> states =
        run("Reading offsets", () -> offsets.states(session.connection(), topics));
    Map<String, Integer> epochs = epochs(states);
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      PartitionState state = states.get(partition);
      Integer epoch = epochs.get(partition.topic());
      if (state == null && epoch != null) {
        state = PartitionState.fresh(epoch);
      }
      if (state != null) {
        loaded.put(partition, new LoadedPartition(state, Map.of()));
      }
    }
    return loaded;
  }

  private static Map<String, Integer> epochs(Map<SourcePartition, PartitionState> states) {
    Map<String, Integer> epochs = new HashMap<>();
    states.forEach(
        (partition, state) ->
            epochs.merge(partition.topic(), state.highWater().epoch(), Math::max));
    return epochs;
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    if (commit != lastCommit) {
      lastCommit = commit;
      lastId = UUID.randomUUID();
      lastReceipt = CommitReceipt.NOTHING;
    }
    List<TableBatch> batches = resolved(commit);
    return swapping(
        attempt -> {
          if (!offsets.advance(session.connection(), commit.advances(), lastId)) {
            return lastReceipt;
          }
          CommitReceipt receipt = attempt.apply(batches, dueSweeps(commit));
          writeDeadLetters(commit);
          lastReceipt = receipt;
          return receipt;
        });
  }

  /** Tables to sweep; sweeps that have to wait are remembered. */
  private Set<TableId> dueSweeps(Commit commit) throws SQLException {
    Set<TableId> due = new HashSet<>();
    if (settings.tables().writeMode() == WriteMode.APPEND) {
      return due;
    }
    for (TableBatch batch : commit.batches()) {
      if (batch.sweep().isPresent()
          && sweeps.ask(session.connection(), batch.table(), batch.sweep().get())) {
        due.add(settings.resolved(batch.table()));
      }
    }
    return due;
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return run("Reading sweeps that wait", () -> sweeps.pending(session.connection(), topics));
  }

  @Override
  public void prepare(Commit next) {
    if (settings.tables().writeMode() == WriteMode.UPSERT) {
      ahead.begin(next.batches(), settings::resolved);
    }
  }

  @Override
  public void rehearse(Commit commit) {
    List<TableBatch> batches = resolved(commit);
    swapping(
        attempt -> {
          attempt.apply(batches, Set.of());
          session.execute("SET CONSTRAINTS ALL IMMEDIATE");
          session.rollback();
          tables.rolledBack();
          return null;
        });
  }

  private void writeDeadLetters(Commit commit) throws SQLException {
    if (deadLetters.isPresent() && !commit.deadLetters().isEmpty()) {
      deadLetters.get().write(session.connection(), commit.deadLetters());
    }
  }

  private List<TableBatch> resolved(Commit commit) {
    Set<TableId> names = new HashSet<>();
    List<TableBatch> batches = new ArrayList<>();
    for (TableBatch batch : commit.batches()) {
      TableId table = settings.resolved(batch.table());
      if (!names.add(table)) {
        throw new FatalException(
            "Two topics are written to table "
                + table
                + ", once with and once without its schema. Write the schema in both,"
                + " in table.name.format or table.name.map.");
      }
      batches.add(batch.withTable(table));
    }
    return batches;
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    lastCommit = null;
    Set<String> topics =
        altered.keySet().stream().map(SourcePartition::topic).collect(Collectors.toSet());
    run(
        "Altering offsets",
        () -> {
          Map<String, Integer> epochs = epochs(offsets.states(session.connection(), topics));
          offsets.alter(session.connection(), altered, epochs);
          return null;
        });
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return gauges;
  }

  @Override
  public void close() {
    ahead.close();
    discard();
  }

  /** Work within a transaction. */
  private interface Work<T> {
    T run() throws SQLException;
  }

  /** Work of a commit within a transaction. */
  private interface Attempted {
    CommitReceipt run(CommitAttempt attempt) throws SQLException;
  }

  /**
   * Runs an attempt, again where rows swap unique values, and once again where somebody has changed
   * the tables under this session.
   */
  private CommitReceipt swapping(Attempted work) {
    Set<TableId> replaced = new HashSet<>();
    boolean refreshed = false;
    while (true) {
      CommitAttempt[] attempt = new CommitAttempt[1];
      try {
        return transaction(
            () -> {
              attempt[0] = new CommitAttempt(session, tables, truncates, settings, replaced);
              return work.run(attempt[0]);
            });
      } catch (SwapException e) {
        if (!replaced.add(e.table())) {
          throw SqlErrors.classify(e.refusal(), attempt[0].place());
        }
        replacements.incrementAndGet();
      } catch (SQLException e) {
        if (refreshed || session == null || !SqlErrors.isOutdated(e)) {
          throw SqlErrors.classify(e, attempt[0] == null ? "Connecting" : attempt[0].place());
        }
        refreshed = true;
        discard();
      }
    }
  }

  private <T> T run(String place, Work<T> work) {
    try {
      return transaction(work);
    } catch (SQLException e) {
      throw SqlErrors.classify(e, place);
    }
  }

  /** Runs work in a transaction that is rolled back if it fails. */
  private <T> T transaction(Work<T> work) throws SQLException {
    connect();
    boolean committed = false;
    try {
      T result = work.run();
      session.commit();
      tables.committed();
      committed = true;
      return result;
    } finally {
      if (!committed) {
        tables.rolledBack();
        if (!session.rollback()) {
          discard();
        }
      }
      publish();
    }
  }

  private void publish() {
    if (session != null) {
      stagingTables.set(session.stagingTables());
      ddlStatements.addAndGet(tables.takeDdlStatements());
    }
  }

  private void connect() throws SQLException {
    if (session != null) {
      return;
    }
    Session opened = Session.open(settings);
    connections.incrementAndGet();
    try {
      Bookkeeping.create(
          opened,
          offsets,
          truncates,
          sweeps,
          new ColumnStore(settings.columnsTable()),
          deadLetters);
    } catch (SQLException | RuntimeException e) {
      opened.close();
      throw e;
    }
    session = opened;
    tables = new TargetTables(opened, settings, sharedConstraints, ahead);
  }

  private void discard() {
    if (session != null) {
      session.close();
      session = null;
      tables = null;
    }
  }
}
