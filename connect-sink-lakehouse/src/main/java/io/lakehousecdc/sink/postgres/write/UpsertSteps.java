// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import io.lakehousecdc.sink.postgres.sql.Ddl;
import io.lakehousecdc.sink.postgres.sql.RowNumbers;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * The steps that all ways of writing a staged batch have in common, and the count of what they do.
 * For one batch; not thread-safe.
 */
final class UpsertSteps {
  private final Session session;
  private final CompiledTable table;
  private final StagedRows staged;
  private final SkipCounter skips;
  private final SkippedRows skipped;
  private final TableBatch batch;
  private final Floors floors;
  private long upserted;
  private long deleted;
  private long toastMerged;

  /**
   * @param floors changes below them are void
   */
  UpsertSteps(
      Session session, CompiledTable table, CopyBuffer buffer, TableBatch batch, Floors floors) {
    this.session = session;
    this.table = table;
    this.skips = new SkipCounter(batch.table());
    this.staged = new StagedRows(session, table.staging(), buffer, skips);
    this.skipped = new SkippedRows(skips, staged);
    this.batch = batch;
    this.floors = floors;
  }

  CommitReceipt receipt() {
    return new CommitReceipt(upserted, deleted, skips.skips(), toastMerged, 0);
  }

  boolean has(StagedRowKind kind) {
    return staged.count(kind) > 0;
  }

  private int count(StagedRowKind kind) {
    return staged.count(kind);
  }

  /**
   * Stages the batch.
   *
   * @param encoded its rows where they are encoded already, none of them void
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage(Optional<EncodedRows> encoded) throws SQLException {
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    if (encoded.isPresent()) {
      return staged.stage(encoded.get(), floors);
    }
    return staged.stage(batch.changes(), floors);
  }

  /** Removes the rows below the batch's truncates. */
  void truncate() throws SQLException {
    BelowFloorSql belowFloor = new BelowFloorSql(table.plan().table(), table.plan().options());
    for (Floor each : batch.truncates()) {
      String sql = belowFloor.remove(each, Operation.TRUNCATE);
      deleted += session.scanning(() -> session.update(sql));
    }
  }

  /**
   * Makes sure that values which changes left untouched are stored. A change that came again says
   * nothing new of a row that is gone since: it is taken out and counted.
   *
   * @throws RecordException one is not
   */
  void requireUntouchedValues() throws SQLException {
    requireStored(StagedRowKind.UNCHANGED, table.merge()::missing, "is not stored here");
    requireStored(StagedRowKind.MOVED, table.image()::missingMoved, "is not stored here");
  }

  /**
   * @param problem what is the matter with the row, as the end of a sentence
   */
  private void requireStored(StagedRowKind kind, Supplier<String> missing, String problem)
      throws SQLException {
    if (!has(kind)) {
      return;
    }
    List<Integer> gone = new ArrayList<>();
    try (PreparedStatement query = session.connection().prepareStatement(missing.get());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        int number = row.getInt(1);
        RowChange change = staged.change(number);
        String names = unchanged(change.cells());
        if (names.isEmpty()) {
          continue;
        }
        if (change.info().delivery() == Delivery.AGAIN) {
          gone.add(number);
          skipped.gone(change);
        } else {
          throw new RecordException(
              "Table "
                  + batch.table()
                  + ", key "
                  + batch.schema().keyNames()
                  + ", column "
                  + names
                  + ": the source did not send the value, because the change left it untouched"
                  + " (TOAST), and the row "
                  + problem
                  + ". Set REPLICA IDENTITY FULL on the source table or use Debezium's"
                  + " ReselectColumnsPostProcessor, then let the row come again (a snapshot, or an"
                  + " update of it).",
              batch.table(),
              change.key(),
              null);
        }
      }
    }
    if (!gone.isEmpty()) {
      staged.drop(kind, gone);
    }
  }

  private String unchanged(Object[] cells) {
    StringJoiner names = new StringJoiner(", ");
    for (WrittenColumn column : table.plan().columns()) {
      if (cells[column.index()] == Cell.UNCHANGED) {
        names.add(column.column().name());
      }
    }
    return names.toString();
  }

  /**
   * Makes sure that no change gives an identity column another value which is always generated:
   * PostgreSQL inserts such values, but never updates them.
   *
   * @throws FatalException one does
   */
  void requireKeptIdentities() throws SQLException {
    List<WrittenColumn> identities = table.merge().fixedIdentities();
    if (identities.isEmpty() || batch.changes().isEmpty()) {
      return;
    }
    if (session.number(table.merge().changedIdentities()) > 0) {
      StringJoiner statements = new StringJoiner("; ");
      for (WrittenColumn each : identities) {
        statements.add(Ddl.generateByDefault(table.plan().table(), each.column()));
      }
      throw new FatalException(
          "Table "
              + batch.table()
              + ": the source has changed a value of an identity column, which PostgreSQL refuses to"
              + " update while it is GENERATED ALWAYS. Run: "
              + statements);
    }
  }

  /** Puts the rows of some kinds together, from staged and stored cells as of now. */
  void fillImage(StagedRowKind... kinds) throws SQLException {
    session.execute(table.staging().createImageSql());
    session.update(table.image().fillImage(kinds));
  }

  /** Applies the deletes of which only the key counts. */
  void delete() throws SQLException {
    if (!has(StagedRowKind.DELETE)) {
      return;
    }
    BitSet applied = session.numbers(table.removal().delete());
    deleted += applied.cardinality();
    if (applied.cardinality() < count(StagedRowKind.DELETE)) {
      List<Integer> others = staged.numbers(StagedRowKind.DELETE, applied);
      String stale = table.removal().staleDeletes(new RowNumbers(others));
      try (Statement query = session.connection().createStatement();
          ResultSet row = query.executeQuery(stale)) {
        skipped.outranked(row);
      }
      countDeletesOfNoRow(others);
    }
  }

  /** Counts deletes that should have found a row, of those that took none. */
  private void countDeletesOfNoRow(List<Integer> numbers) throws SQLException {
    List<Integer> candidates =
        numbers.stream()
            .filter(
                number ->
                    staged.change(number) instanceof RowChange.Delete delete && delete.expectsRow())
            .toList();
    if (candidates.isEmpty()) {
      return;
    }
    String sql = table.removal().deletesOfNoRow(new RowNumbers(candidates));
    try (Statement query = session.connection().createStatement();
        ResultSet row = query.executeQuery(sql)) {
      while (row.next()) {
        skipped.nothingToDelete(staged.change(row.getInt(1)));
      }
    }
  }

  /** Applies soft deletes that bring values along. */
  void softDelete() throws SQLException {
    deleted += mergeFull(StagedRowKind.DELETE_FULL);
    deleted += mergePartial(StagedRowKind.DELETE_PARTIAL);
    if (has(StagedRowKind.DELETE_UNCHANGED)) {
      long rows = session.update(table.merge().partialUpdate(StagedRowKind.DELETE_UNCHANGED));
      if (rows < count(StagedRowKind.DELETE_UNCHANGED)) {
        countOutranked(StagedRowKind.DELETE_UNCHANGED);
      }
      deleted += rows;
    }
  }

  /** Upserts rows of which all cells are known. */
  void upsertFull() throws SQLException {
    upserted += mergeFull(StagedRowKind.FULL);
  }

  /** Upserts rows with absent cells. */
  void upsertAbsent() throws SQLException {
    upserted += mergePartial(StagedRowKind.ABSENT);
  }

  /**
   * Updates rows that keep stored values. They were stored when {@link #requireUntouchedValues}
   * looked.
   *
   * @throws RecordException one is gone since, so that its untouched values are lost
   */
  void updateUnchanged() throws SQLException {
    if (!has(StagedRowKind.UNCHANGED)) {
      return;
    }
    long rows = session.update(table.merge().partialUpdate(StagedRowKind.UNCHANGED));
    if (rows < count(StagedRowKind.UNCHANGED)) {
      requireStored(
          StagedRowKind.UNCHANGED,
          table.merge()::missing,
          "was removed while the batch was written, by a trigger, by a foreign key ON DELETE CASCADE"
              + " or by another task");
    }
    countSkipped(rows, StagedRowKind.UNCHANGED);
    toastMerged += rows;
    upserted += rows;
  }

  /** Upserts rows that take values along from the key that they had before. */
  void upsertMoved() throws SQLException {
    long rows = apply(StagedRowKind.MOVED, table.image()::mergeImage);
    toastMerged += rows;
    upserted += rows;
  }

  /** Upserts the rows of several kinds with one statement. */
  void upsertAll(StagedRowKind[] kinds, String sql) throws SQLException {
    long rows = session.update(sql);
    countSkipped(rows, kinds);
    upserted += rows;
  }

  private long apply(StagedRowKind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long rows = session.update(sql.get());
    countSkipped(rows, kind);
    return rows;
  }

  private long mergeFull(StagedRowKind kind) throws SQLException {
    return table.merge().insertsFirst()
        ? mergePartial(kind)
        : apply(kind, () -> table.merge().full(kind));
  }

  private long mergePartial(StagedRowKind kind) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long updated = session.update(table.merge().partialUpdate(kind));
    long inserted = session.update(table.merge().partialInsert(kind));
    countSkipped(inserted + updated, kind);
    return inserted + updated;
  }

  /** Finds out why staged rows of some kinds were not applied, where that is so. */
  private void countSkipped(long applied, StagedRowKind... kinds) throws SQLException {
    long others = -applied;
    for (StagedRowKind kind : kinds) {
      others += count(kind);
    }
    if (others == 0) {
      return;
    }
    skipped.unmatched(others - countOutranked(kinds));
  }

  private long countOutranked(StagedRowKind... kinds) throws SQLException {
    String sql = table.merge().outranked(kinds);
    try (PreparedStatement query = session.connection().prepareStatement(sql);
        ResultSet row = query.executeQuery()) {
      return skipped.outranked(row);
    }
  }
}
