// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.DoneWork.Cleared;
import io.lakehousecdc.sink.postgres.DoneWork.Truncate;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableTraits;
import io.lakehousecdc.sink.postgres.schema.SourceColumns;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import io.lakehousecdc.sink.postgres.sql.KeyRanges;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.FastTruncate;
import io.lakehousecdc.sink.postgres.write.Progress;
import io.lakehousecdc.sink.postgres.write.RangeWork;
import io.lakehousecdc.sink.postgres.write.TargetTables;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a commit means for all rows of a big table, done before it in transactions of their own:
 * truncates, and the clearing of columns that the source has dropped. In the commit's transaction
 * they would take as long as the table is large, and start over whenever that fails. Not
 * thread-safe; another one, with a session of its own, may work on other tables meanwhile.
 *
 * <p>It is right to do a truncate before the commit that carries it, although that may never be
 * made:
 *
 * <ul>
 *   <li>The truncate's position is stored first, in a transaction that excludes the table's other
 *       writers. From then on no task writes a row below it: so what is below only gets less, rows
 *       may be removed in any order, and an end of the process leaves work, but nothing wrong.
 *   <li>Every transaction makes sure, and that it stays so until its end, that the commit is still
 *       the partitions' next one. A zombie does nothing.
 *   <li>It begins only where the commit knows all histories. One that is added meanwhile can only
 *       add to the rows that the truncate concerns, and the commit has to know it: then it removes
 *       those, too. So whoever adds one, or feeds another table, need not wait for transactions
 *       that take as long as the table is large.
 *   <li>The commit, or another task's in its place, brings the same truncate again, since no offset
 *       has moved: it goes on with what is left.
 *   <li>A change of the same commit at or above the position is written after all that, as it would
 *       be in one transaction. Only a foreign key that points to the table can tell the difference,
 *       because the row that it needs may be written by the commit: such tables are truncated
 *       within the commit.
 * </ul>
 *
 * <p>Columns are cleared before the commit that stores that the source has dropped them. The commit
 * clears once more what other tasks have written meanwhile; it finds little. If the process dies
 * before, the next owner finds the drop in the same change. A task that has read on, and knows that
 * the source has such a column again, has stored that: its values are not touched, because each
 * transaction looks whether the columns are still as they were.
 */
final class BeforeCommit {
  private final TargetSession session;
  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final SharedHistories histories;
  private final Progress progress;
  private final DoneWork done;

  BeforeCommit(
      TargetSession session,
      PostgresSettings settings,
      Bookkeeping bookkeeping,
      SharedHistories histories,
      Progress progress,
      DoneWork done) {
    this.session = session;
    this.settings = settings;
    this.bookkeeping = bookkeeping;
    this.histories = histories;
    this.progress = progress;
    this.done = done;
  }

  /**
   * Tables, as stored, that {@link #runApart} has long work to do on, while others can be
   * committed: no foreign key connects them with any.
   */
  Set<TableId> apart(List<TableBatch> batches) {
    if (settings.tables().writeMode() == WriteMode.APPEND) {
      return Set.of();
    }
    Set<TableId> candidates = new HashSet<>();
    rewritten(batches).forEach(batch -> candidates.add(batch.table()));
    cleared(batches).keySet().forEach(batch -> candidates.add(batch.table()));
    done.without(batches).stream()
        .filter(batch -> !batch.truncates().isEmpty())
        .forEach(batch -> candidates.add(batch.table()));
    if (candidates.isEmpty()) {
      return candidates;
    }
    return session.run(
        "Reading the size of tables",
        (connected, tables) -> {
          Set<TableId> apart = new HashSet<>();
          for (TableId table : candidates) {
            if (isApart(connected, table)) {
              apart.add(table);
            }
          }
          return apart;
        });
  }

  private boolean isApart(Session connected, TableId id) throws SQLException {
    Optional<PgTable> table = connected.catalog().table(id);
    if (table.isEmpty()) {
      return false;
    }
    TableTraits traits = TableTraits.read(connected.connection(), table.get());
    return traits.bytes() >= settings.maintenanceBytes() && traits.standsAlone();
  }

  /**
   * Does all that takes long: also what a commit would do in its own transaction. Columns that are
   * wide before the commit is made, or known to be dropped at the source, are of no consequence.
   *
   * @param batches its batches, their tables as stored
   */
  void runApart(Commit commit, List<TableBatch> batches) {
    run(commit, batches);
    for (TableBatch batch : batches) {
      if (done.isCleared(batch)) {
        alter(commit, batch, "following dropped columns", tables -> tables.follow(batch));
      }
    }
    for (TableBatch batch : rewritten(batches)) {
      alter(commit, batch, "widening columns", tables -> tables.evolve(batch));
    }
  }

  /** A step that changes a table. */
  private interface Alteration {
    void run(TargetTables tables) throws SQLException;
  }

  private void alter(Commit commit, TableBatch batch, String what, Alteration alteration) {
    String place = "Table " + batch.table() + ", " + what;
    try (Progress.Work work = progress.begin(place + ", before the commit")) {
      guarded(
          commit,
          place,
          (connected, tables) -> {
            alteration.run(tables);
            return null;
          });
    }
  }

  /** Batches whose tables have to be written anew; costs nothing where all tables are known. */
  private List<TableBatch> rewritten(List<TableBatch> batches) {
    if (session.isKnown(tables -> batches.stream().allMatch(tables::isCompiled))) {
      return List.of();
    }
    return session.run(
        "Reading the types of columns",
        (connected, tables) -> {
          List<TableBatch> rewritten = new ArrayList<>();
          for (TableBatch batch : batches) {
            if (tables.rewrites(batch)) {
              rewritten.add(batch);
            }
          }
          return rewritten;
        });
  }

  /**
   * Does what the commit needs.
   *
   * @param batches its batches, their tables as stored
   */
  void run(Commit commit, List<TableBatch> batches) {
    if (settings.tables().writeMode() == WriteMode.APPEND) {
      return;
    }
    for (TableBatch batch : batches) {
      for (Floor floor : batch.truncates()) {
        Truncate truncate = new Truncate(batch.table(), floor);
        if (!done.contains(truncate)) {
          truncate(commit, truncate).ifPresent(rows -> done.add(truncate, rows));
        }
      }
    }
    cleared(batches).forEach((batch, columns) -> clear(commit, batch, columns));
  }

  /** Columns to be cleared, by batch; costs nothing where no batch tells of another column. */
  private Map<TableBatch, List<String>> cleared(List<TableBatch> batches) {
    if (session.isKnown(tables -> batches.stream().allMatch(tables::isOfKnownColumns))) {
      return Map.of();
    }
    return session.run(
        "Reading the columns of sources",
        (connected, tables) -> {
          Map<TableBatch, List<String>> cleared = new IdentityHashMap<>();
          for (TableBatch batch : batches) {
            List<String> columns = tables.cleared(batch);
            if (!columns.isEmpty() && !done.contains(new Cleared(batch.table(), columns))) {
              cleared.put(batch, columns);
            }
          }
          return cleared;
        });
  }

  /** Rows removed; empty where the truncate is left to the commit. */
  private Optional<Long> truncate(Commit commit, Truncate truncate) {
    String place = "Table " + truncate.table() + ", truncating it";
    Optional<Big> found =
        guarded(
            commit, place, (connected, tables) -> Big.find(connected, truncate.table(), settings));
    Optional<BelowFloorSql> sql =
        found
            .filter(big -> !big.traits().referenced())
            .map(big -> new BelowFloorSql(big.table(), settings.tables()))
            .filter(BelowFloorSql::isPossible);
    if (sql.isEmpty()) {
      return Optional.empty();
    }
    try (Progress.Work work =
        progress.begin(place + " at " + truncate.floor().at() + ", before the commit")) {
      boolean truncatable = found.get().traits().truncatable();
      Optional<Long> rows =
          guarded(
              commit,
              place,
              (connected, tables) -> {
                connected.execute(
                    "LOCK TABLE " + sql.get().table().sql() + " IN SHARE ROW EXCLUSIVE MODE");
                bookkeeping
                    .truncates()
                    .remember(connected.connection(), truncate.table(), truncate.floor());
                return truncatable
                    ? new FastTruncate(connected, sql.get()).run(truncate.floor())
                    : Optional.empty();
              });
      return Optional.of(
          rows.orElseGet(
              () ->
                  found
                      .get()
                      .work(work)
                      .run(
                          range ->
                              sql.get().remove(truncate.floor(), Operation.TRUNCATE)
                                  + " AND "
                                  + range,
                          step ->
                              guarded(commit, place, (connected, tables) -> step.run(connected)))));
    }
  }

  private void clear(Commit commit, TableBatch batch, List<String> columns) {
    String place = "Table " + batch.table() + ", clearing columns that the source has dropped";
    Optional<Big> found =
        guarded(
            commit,
            place,
            (connected, tables) -> {
              Optional<Big> big = Big.find(connected, batch.table(), settings);
              if (big.isPresent()) {
                tables.relaxNames(batch.table(), columns);
              }
              return big;
            });
    if (found.isEmpty()) {
      return;
    }
    try (Progress.Work work = progress.begin(place + " " + columns + ", before the commit")) {
      String sql = SourceColumns.clearSql(found.get().table(), columns);
      found
          .get()
          .work(work)
          .run(
              range -> sql + " AND " + range,
              step ->
                  guarded(
                      commit,
                      place,
                      (connected, tables) -> {
                        requireSame(batch.table(), columns, tables.cleared(batch));
                        return step.run(connected);
                      }));
    }
    done.add(new Cleared(batch.table(), columns));
  }

  private static void requireSame(TableId table, List<String> planned, List<String> now) {
    if (!planned.equals(now)) {
      throw new RetriableException(
          "Table " + table + ": another task has followed a change of columns meanwhile.");
    }
  }

  /** A big table, and how it is taken range by range. */
  private record Big(PgTable table, TableTraits traits) {

    /** Empty where there is none, it is small, or it has no key to take it by. */
    static Optional<Big> find(Session session, TableId id, PostgresSettings settings)
        throws SQLException {
      Optional<PgTable> table = session.catalog().table(id);
      if (table.isEmpty()) {
        return Optional.empty();
      }
      TableTraits traits = TableTraits.read(session.connection(), table.get());
      return traits.bytes() < settings.maintenanceBytes() || traits.key().isEmpty()
          ? Optional.empty()
          : Optional.of(new Big(table.get(), traits));
    }

    RangeWork work(Progress.Work progress) {
      return new RangeWork(new KeyRanges(table, traits.key()), progress);
    }
  }

  /** Runs work in a transaction that the commit itself could be made in. */
  private <T> T guarded(Commit commit, String place, TargetSession.Work<T> work) {
    // By themselves, since a task that adds to the histories excludes all others until it ends.
    agree(commit, place);
    return session.committed(
        place,
        (connected, tables) -> {
          histories.check(connected.connection(), commit.histories());
          bookkeeping.offsets().isDue(connected.connection(), commit.advances(), commit.id());
          return work.run(connected, tables);
        });
  }

  private void agree(Commit commit, String place) {
    if (!histories.isAgreed(commit.histories())) {
      session.committed(
          place,
          (connected, tables) -> {
            histories.agreeOn(connected.connection(), commit.histories());
            return bookkeeping
                .offsets()
                .isDue(connected.connection(), commit.advances(), commit.id());
          });
      histories.agreedOn(commit.histories());
    }
  }
}
