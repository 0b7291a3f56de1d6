// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableOrder;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.ServerFailure;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.AttemptResult.Applied;
import io.lakehousecdc.sink.postgres.write.AttemptResult.UniqueValuesClash;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * One attempt to apply the batches of a commit, within the open transaction of a session. For one
 * use; not thread-safe.
 */
public final class CommitAttempt {
  private final Session session;
  private final TargetTables tables;
  private final Bookkeeping bookkeeping;
  private final PostgresSettings settings;
  private final TableOptions options;
  private final Histories histories;
  private final Set<TableId> replaced;
  private String place = "PostgreSQL";

  /** A batch on its way. */
  private record Work(PreparedBatch prepared, TableWrite write) {
    TableId id() {
      return prepared.id();
    }

    PgTable table() {
      return prepared.table().plan().table();
    }
  }

  /**
   * @param histories those of the commit
   * @param replaced tables whose rows are removed and written anew, because they swap values that a
   *     constraint keeps unique
   */
  public CommitAttempt(
      Session session,
      TargetTables tables,
      Bookkeeping bookkeeping,
      PostgresSettings settings,
      Histories histories,
      Set<TableId> replaced) {
    this.session = session;
    this.tables = tables;
    this.bookkeeping = bookkeeping;
    this.settings = settings;
    this.options = settings.tables();
    this.histories = histories;
    this.replaced = replaced;
  }

  /** What was being done last, for messages. */
  public String place() {
    return place;
  }

  /**
   * Applies batches: all are staged, then rows removed, children before parents, then rows written,
   * parents first.
   *
   * @param commit that the batches belong to
   * @param batches their tables as stored
   * @param swept tables whose sweep is due
   */
  public AttemptResult apply(CommitId commit, List<TableBatch> batches, Set<TableId> swept)
      throws SQLException {
    List<PreparedBatch> prepared = prepare(batches);
    List<PreparedBatch> sweeping =
        prepared.stream().filter(each -> swept.contains(each.id())).toList();
    Map<TableId, List<Floor>> floors = lock(prepared, floors(batches, sweeping));
    boolean removes = prepared.stream().anyMatch(this::removesRows);
    List<Work> works = new ArrayList<>();
    for (PreparedBatch each : prepared) {
      Floors own = new Floors(floors.getOrDefault(each.id(), List.of()));
      works.add(stage(each, write(commit, each, own, removes)));
    }
    Optional<UniqueValuesClash> clash = applyStaged(works);
    if (clash.isPresent()) {
      return clash.get();
    }
    CommitReceipt receipt =
        works.stream()
            .map(work -> work.write().receipt().of(work.id()))
            .reduce(CommitReceipt.NOTHING, CommitReceipt::plus);
    return new Applied(receipt.plus(new CommitReceipt(0, 0, 0, 0, sweep(sweeping))));
  }

  /** Sorted by table, so that all tasks create and change tables in the same order. */
  private List<PreparedBatch> prepare(List<TableBatch> batches) throws SQLException {
    List<PreparedBatch> prepared = new ArrayList<>();
    for (TableBatch batch :
        batches.stream().sorted(Comparator.comparing(each -> each.table().toString())).toList()) {
      place = "Table " + batch.table() + ", preparing it";
      tables.prepare(batch).ifPresent(prepared::add);
    }
    return prepared;
  }

  /** What this commit empties tables by: truncates and sweeps. */
  private static Map<TableId, List<Floor>> floors(
      List<TableBatch> batches, List<PreparedBatch> sweeping) {
    Map<TableId, List<Floor>> floors = new HashMap<>();
    for (TableBatch batch : batches) {
      if (!batch.truncates().isEmpty()) {
        floors.put(batch.table(), new ArrayList<>(batch.truncates()));
      }
    }
    for (PreparedBatch each : sweeping) {
      Sweep sweep = each.batch().sweep().orElseThrow();
      if (sweep.mode() == Sweep.Mode.REMOVE) {
        floors.computeIfAbsent(each.id(), id -> new ArrayList<>()).add(sweep.floor());
      }
    }
    return floors;
  }

  /**
   * Locks the tables so that a truncate or a sweep and other writers exclude each other (readers go
   * on), then remembers those of this commit, and reads which hold.
   *
   * @param floors truncates and sweeps of this commit
   */
  private Map<TableId, List<Floor>> lock(
      List<PreparedBatch> prepared, Map<TableId, List<Floor>> floors) throws SQLException {
    if (options.writeMode() == WriteMode.APPEND) {
      return Map.of();
    }
    place = "Locking tables";
    StringJoiner locks = new StringJoiner("; ", "", "; ");
    locks.add("SET CONSTRAINTS ALL DEFERRED");
    List<TableId> ids = new ArrayList<>();
    for (PreparedBatch each : prepared) {
      // Versions of a key depend on one another, so that only one task may write at a time.
      boolean alone = floors.containsKey(each.id()) || options.history().isPresent();
      String mode = alone ? "SHARE ROW EXCLUSIVE" : "ROW EXCLUSIVE";
      locks.add("LOCK TABLE " + each.table().plan().table().sql() + " IN " + mode + " MODE");
      ids.add(each.id());
    }
    Map<TableId, List<Floor>> held = remembered(locks.toString(), ids);
    if (!floors.isEmpty()) {
      for (Map.Entry<TableId, List<Floor>> entry : floors.entrySet()) {
        for (Floor each : entry.getValue()) {
          bookkeeping.truncates().remember(session.connection(), entry.getKey(), each);
        }
      }
      held = remembered("", ids);
    }
    tables.requireCurrent(ids);
    for (PreparedBatch each : prepared) {
      SharedTruncates.requireNone(
          each.batch(),
          held.getOrDefault(each.id(), List.of()),
          histories,
          bookkeeping.truncates().table());
    }
    return held;
  }

  /** Truncates and sweeps that hold once the tables are locked. */
  private Map<TableId, List<Floor>> remembered(String locks, List<TableId> ids)
      throws SQLException {
    return bookkeeping
        .truncates()
        .readLocked(locks, session.connection(), ids, histories, options.relation());
  }

  /** Whether rows of the table are deleted from it, which foreign keys may carry on. */
  private boolean removesRows(PreparedBatch prepared) {
    TableBatch batch = prepared.batch();
    return options.writeMode() == WriteMode.UPSERT
        && options.deleteMode() == DeleteMode.HARD
        && (!batch.truncates().isEmpty()
            || batch.changes().stream().anyMatch(each -> !(each instanceof RowChange.Upsert)));
  }

  /**
   * The way in which a batch is written.
   *
   * @param removes whether the commit removes rows of any table
   */
  private TableWrite write(
      CommitId commit, PreparedBatch prepared, Floors floors, boolean removes) {
    if (replaced.contains(prepared.id())) {
      return tables.writes().replacing(prepared, floors);
    }
    return removes && prepared.table().plan().table().cascaded()
        ? tables.writes().whole(prepared, floors)
        : tables.writes().ordinary(commit, prepared, floors);
  }

  private Work stage(PreparedBatch prepared, TableWrite write) throws SQLException {
    place = "Table " + prepared.id() + ", staging rows";
    Set<PgColumn> nulls;
    try {
      nulls = write.stage();
    } catch (SQLException e) {
      throw refusal(e, prepared.table());
    } catch (RecordException e) {
      tables.doubt(prepared.id());
      throw e;
    }
    if (!nulls.isEmpty() && options.evolution() == Evolution.ADDITIVE) {
      tables.relax(prepared.table().plan().table(), nulls);
    }
    return new Work(prepared, write);
  }

  private Optional<UniqueValuesClash> applyStaged(List<Work> works) throws SQLException {
    List<Work> parentsFirst = TableOrder.parentsFirst(works, Work::table);
    List<Work> childrenFirst = new ArrayList<>(parentsFirst);
    Collections.reverse(childrenFirst);
    for (Work work : childrenFirst) {
      place = "Table " + work.id() + ", removing rows";
      Optional<UniqueValuesClash> clash = attempt(work, work.write()::remove);
      if (clash.isPresent()) {
        return clash;
      }
    }
    for (Work work : parentsFirst) {
      place = "Table " + work.id() + ", writing rows";
      Optional<UniqueValuesClash> clash = attempt(work, work.write()::write);
      if (clash.isPresent()) {
        return clash;
      }
    }
    return Optional.empty();
  }

  /** A step on one table. */
  private interface Step {
    void run() throws SQLException;
  }

  private Optional<UniqueValuesClash> attempt(Work work, Step step) throws SQLException {
    try {
      step.run();
      return Optional.empty();
    } catch (SQLException e) {
      if (!SqlErrors.state(e).equals(SqlErrors.UNIQUE_VIOLATION)
          || options.writeMode() != WriteMode.UPSERT) {
        throw refusal(e, work.prepared().table());
      }
      if (isKey(work, SqlErrors.constraint(e))) {
        throw new RetriableException(
            place + ": another task inserted the same key at the same time.", ServerFailure.of(e));
      }
      if (work.table().cascades()) {
        throw e;
      }
      return Optional.of(new UniqueValuesClash(work.id(), SqlErrors.classify(e, place)));
    }
  }

  /**
   * The error itself.
   *
   * @throws FatalException the table is made so that it refuses rows
   */
  private SQLException refusal(SQLException error, CompiledTable table) throws SQLException {
    Optional<FatalException> refusal =
        Refusals.of(error, table.plan(), place, session.connection());
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    return error;
  }

  private static boolean isKey(Work work, String constraint) {
    Set<String> key = new HashSet<>();
    work.prepared().table().plan().keys().forEach(column -> key.add(column.column().name()));
    return work.table().uniqueIndexes().stream()
        .anyMatch(index -> index.name().equals(constraint) && index.columns().equals(key));
  }

  /** Sees to the rows that snapshots lacked; returns how many orphaned rows were found. */
  private long sweep(List<PreparedBatch> sweeping) throws SQLException {
    DueSweep due = new DueSweep(session, settings, tables.created(), bookkeeping.sweepWork());
    long orphaned = 0;
    for (PreparedBatch each : sweeping) {
      place = "Table " + each.id() + ", sweeping rows that the snapshot did not contain";
      Sweep sweep = each.batch().sweep().orElseThrow();
      orphaned += due.run(each.table().plan().table(), sweep);
    }
    return orphaned;
  }
}
