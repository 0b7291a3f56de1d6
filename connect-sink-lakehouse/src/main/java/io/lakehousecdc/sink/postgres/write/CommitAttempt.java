// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableOrder;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.RemovalSql;
import io.lakehousecdc.sink.postgres.store.TruncateStore;
import io.lakehousecdc.sink.spi.CommitReceipt;
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
 * Applies the batches of a commit within the open transaction of a session. For one use; not
 * thread-safe.
 */
public final class CommitAttempt {
  private final Session session;
  private final TargetTables tables;
  private final TruncateStore truncates;
  private final PostgresSettings settings;
  private final Set<TableId> replaced;
  private String place = "PostgreSQL";

  /** A batch and who writes it. */
  private record Work(TableBatch batch, TableWriter writer) {
    PgTable table() {
      return writer.plan().table();
    }
  }

  /**
   * @param replaced tables whose rows are removed and written anew, because they swap values that a
   *     constraint keeps unique
   */
  public CommitAttempt(
      Session session,
      TargetTables tables,
      TruncateStore truncates,
      PostgresSettings settings,
      Set<TableId> replaced) {
    this.session = session;
    this.tables = tables;
    this.truncates = truncates;
    this.settings = settings;
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
   * @param swept tables whose sweep is due
   */
  public CommitReceipt apply(List<TableBatch> batches, Set<TableId> swept) throws SQLException {
    List<Work> works = prepare(batches);
    List<Work> sweeping =
        works.stream().filter(work -> swept.contains(work.batch().table())).toList();
    Map<TableId, Position> floors = lock(works, floors(batches, sweeping));
    for (Work work : works) {
      place = "Table " + work.batch().table() + ", staging rows";
      Position floor = floors.getOrDefault(work.batch().table(), Position.START);
      Position own = work.batch().truncateBelow().orElse(Position.START);
      Set<PgColumn> nulls = work.writer().stage(work.batch(), Position.max(floor, own));
      if (!nulls.isEmpty() && settings.tables().evolution() == Evolution.ADDITIVE) {
        tables.relax(work.batch().table(), nulls);
      }
    }
    List<Work> ordered = TableOrder.parentsFirst(works, Work::table);
    List<Work> reversed = new ArrayList<>(ordered);
    Collections.reverse(reversed);
    for (Work work : reversed) {
      place = "Table " + work.batch().table() + ", removing rows";
      guarded(work, () -> work.writer().remove(work.batch()));
    }
    for (Work work : ordered) {
      place = "Table " + work.batch().table() + ", writing rows";
      guarded(work, () -> work.writer().write(work.batch()));
    }
    CommitReceipt receipt = CommitReceipt.NOTHING;
    for (Work work : works) {
      TableWriter.Counts counts = work.writer().counts();
      receipt =
          receipt.plus(
              new CommitReceipt(
                  counts.upserted, counts.deleted, counts.stale, counts.toastMerged, 0));
    }
    return receipt.plus(new CommitReceipt(0, 0, 0, 0, sweep(sweeping)));
  }

  /** Removes or counts the rows that snapshots lacked; returns how many they are. */
  private long sweep(List<Work> works) throws SQLException {
    long orphaned = 0;
    for (Work work : works) {
      place = "Table " + work.batch().table() + ", sweeping rows that the snapshot did not contain";
      Sweep sweep = work.batch().sweep().orElseThrow();
      RemovalSql removal = new RemovalSql(session.newStaging(work.writer().plan()));
      session.execute("SET LOCAL enable_seqscan = on");
      orphaned +=
          sweep.mode() == Sweep.Mode.REPORT
              ? session.number(removal.countBelow(sweep.below()))
              : session.update(removal.removeBelow(sweep.below(), Operation.DELETE));
      session.execute("SET LOCAL enable_seqscan = off");
    }
    return orphaned;
  }

  /** Positions below which this commit empties tables, by truncates and by sweeps. */
  private static Map<TableId, Position> floors(List<TableBatch> batches, List<Work> sweeping) {
    Map<TableId, Position> floors = new HashMap<>();
    for (TableBatch batch : batches) {
      batch.truncateBelow().ifPresent(below -> floors.put(batch.table(), below));
    }
    for (Work work : sweeping) {
      Sweep sweep = work.batch().sweep().orElseThrow();
      if (sweep.mode() == Sweep.Mode.REMOVE) {
        floors.merge(work.batch().table(), sweep.below(), Position::max);
      }
    }
    return floors;
  }

  private List<Work> prepare(List<TableBatch> batches) throws SQLException {
    tables.makeRoom(batches.size());
    List<Work> works = new ArrayList<>();
    for (TableBatch batch :
        batches.stream().sorted(Comparator.comparing(each -> each.table().toString())).toList()) {
      place = "Table " + batch.table() + ", preparing it";
      TableBatch followed = tables.follow(batch);
      Optional<TableWriter> writer = tables.writer(followed);
      if (writer.isPresent()) {
        if (writer.get() instanceof UpsertWriter upsert) {
          upsert.replaceRows(replaced.contains(batch.table()));
        }
        works.add(new Work(followed, writer.get()));
      }
    }
    return works;
  }

  /**
   * Locks the tables so that a truncate or a sweep and other writers exclude each other (readers go
   * on), then remembers those of this commit, and reads which hold.
   *
   * @param floors truncates and sweeps of this commit
   */
  private Map<TableId, Position> lock(List<Work> works, Map<TableId, Position> floors)
      throws SQLException {
    if (settings.tables().writeMode() == WriteMode.APPEND) {
      return Map.of();
    }
    place = "Locking tables";
    StringJoiner locks = new StringJoiner("; ");
    locks.add("SET CONSTRAINTS ALL DEFERRED");
    List<TableId> ids = new ArrayList<>();
    for (Work work : works) {
      TableId id = work.batch().table();
      String mode = floors.containsKey(id) ? "SHARE ROW EXCLUSIVE" : "ROW EXCLUSIVE";
      locks.add("LOCK TABLE " + work.table().sql() + " IN " + mode + " MODE");
      ids.add(id);
    }
    session.execute(locks.toString());
    for (Map.Entry<TableId, Position> floor : floors.entrySet()) {
      truncates.remember(session.connection(), floor.getKey(), floor.getValue());
    }
    tables.requireCurrent(ids);
    return truncates.read(session.connection(), ids);
  }

  /** A step on one table. */
  private interface Step {
    void run() throws SQLException;
  }

  private void guarded(Work work, Step step) throws SQLException {
    try {
      step.run();
    } catch (SQLException e) {
      if (!SqlErrors.state(e).equals(SqlErrors.UNIQUE_VIOLATION)
          || settings.tables().writeMode() == WriteMode.APPEND) {
        throw e;
      }
      if (isKey(work, SqlErrors.constraint(e))) {
        throw new RetriableException(
            place + ": another task inserted the same key at the same time.", e);
      }
      if (work.table().cascades()) {
        throw e;
      }
      throw new SwapException(work.batch().table(), e);
    }
  }

  private static boolean isKey(Work work, String constraint) {
    Set<String> key = new HashSet<>();
    work.writer().plan().keys().forEach(column -> key.add(column.column().name()));
    return work.table().uniqueIndexes().stream()
        .anyMatch(index -> index.name().equals(constraint) && index.columns().equals(key));
  }
}
