// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
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
  private final TableBatch batch;
  private final Position floor;
  private long upserted;
  private long deleted;
  private long stale;
  private long toastMerged;

  /**
   * @param floor changes below it are void
   */
  UpsertSteps(
      Session session, CompiledTable table, CopyBuffer buffer, TableBatch batch, Position floor) {
    this.session = session;
    this.table = table;
    this.staged = new StagedRows(session, table.staging(), buffer);
    this.batch = batch;
    this.floor = floor;
  }

  CommitReceipt receipt() {
    return new CommitReceipt(upserted, deleted, stale, toastMerged, 0);
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
   * @param encoded its rows where they are encoded already, none below the floor
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage(Optional<EncodedRows> encoded) throws SQLException {
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    if (encoded.isPresent()) {
      return staged.stage(encoded.get(), floor);
    }
    Set<PgColumn> nulls = staged.stage(batch.changes(), floor);
    stale += staged.belowFloor();
    return nulls;
  }

  /** Removes the rows below the batch's truncate. */
  void truncate() throws SQLException {
    if (batch.truncateBelow().isPresent()) {
      String sql = table.removal().removeBelow(batch.truncateBelow().get(), Operation.TRUNCATE);
      deleted += session.scanning(() -> session.update(sql));
    }
  }

  /**
   * Makes sure that values which changes left untouched are stored.
   *
   * @throws RecordException one is not
   */
  void requireUntouchedValues() throws SQLException {
    requireStored(StagedRowKind.UNCHANGED, table.merge()::missing);
    requireStored(StagedRowKind.MOVED, table.image()::missingMoved);
  }

  private void requireStored(StagedRowKind kind, Supplier<String> missing) throws SQLException {
    if (!has(kind)) {
      return;
    }
    try (PreparedStatement query = session.connection().prepareStatement(missing.get());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        RowChange change = staged.change(row.getInt(1));
        String names = unchanged(change.cells());
        if (!names.isEmpty()) {
          throw new RecordException(
              "Table "
                  + batch.table()
                  + ", key "
                  + change.key()
                  + ", column "
                  + names
                  + ": the source did not send the value, because the change left it untouched"
                  + " (TOAST), and the row is not stored here. Set REPLICA IDENTITY FULL on the"
                  + " source table or use Debezium's ReselectColumnsPostProcessor, then let the row"
                  + " come again (a snapshot, or an update of it).",
              batch.table(),
              change.key(),
              null);
        }
      }
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
      Integer[] others = staged.numbers(StagedRowKind.DELETE, applied);
      try (PreparedStatement query =
          session.connection().prepareStatement(table.removal().staleDeletes())) {
        query.setArray(1, session.connection().createArrayOf("integer", others));
        try (ResultSet row = query.executeQuery()) {
          row.next();
          stale += row.getLong(1);
        }
      }
    }
  }

  /** Applies soft deletes that bring values along. */
  void softDelete() throws SQLException {
    deleted +=
        apply(StagedRowKind.DELETE_FULL, () -> table.merge().full(StagedRowKind.DELETE_FULL));
    deleted += mergePartial(StagedRowKind.DELETE_PARTIAL);
  }

  /** Upserts rows of which all cells are known. */
  void upsertFull() throws SQLException {
    upserted += apply(StagedRowKind.FULL, () -> table.merge().full(StagedRowKind.FULL));
  }

  /** Upserts rows with absent cells. */
  void upsertAbsent() throws SQLException {
    upserted += mergePartial(StagedRowKind.ABSENT);
  }

  /** Upserts rows that keep stored values, with a statement for the rows of one kind. */
  void upsertKeeping(StagedRowKind kind, Supplier<String> sql) throws SQLException {
    long rows = apply(kind, sql);
    toastMerged += rows;
    upserted += rows;
  }

  /** Upserts the rows of several kinds with one statement. */
  void upsertAll(StagedRowKind[] kinds, String sql) throws SQLException {
    long rows = session.update(sql);
    for (StagedRowKind kind : kinds) {
      stale += count(kind);
    }
    stale -= rows;
    upserted += rows;
  }

  private long apply(StagedRowKind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long rows = session.update(sql.get());
    stale += count(kind) - rows;
    return rows;
  }

  private long mergePartial(StagedRowKind kind) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long updated = session.update(table.merge().partialUpdate(kind));
    long inserted = session.update(table.merge().partialInsert(kind));
    stale += count(kind) - inserted - updated;
    return inserted + updated;
  }
}
