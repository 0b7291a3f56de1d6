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
import io.lakehousecdc.sink.postgres.sql.ImageSql;
import io.lakehousecdc.sink.postgres.sql.MergeSql;
import io.lakehousecdc.sink.postgres.sql.RemovalSql;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.postgres.write.EncodedRows.Layout;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Supplier;

/** Keeps a table at the current state: staged rows are merged by key. Not thread-safe. */
final class UpsertWriter implements TableWriter {
  private static final StagedRowKind[] UPSERTS = {
    StagedRowKind.FULL, StagedRowKind.UNCHANGED, StagedRowKind.ABSENT, StagedRowKind.MOVED
  };

  private final Session session;
  private final TablePlan plan;
  private final StagingTable staging;
  private final Stager stager;
  private final MergeSql merge;
  private final ImageSql image;
  private final RemovalSql removal;
  private final CopyBuffer buffer;
  private final EncodeAhead ahead;
  private final DirectInsert newRows;
  private Optional<EncodedRows> unstaged = Optional.empty();
  private Counts counts = new Counts();
  private boolean replace;

  UpsertWriter(
      Session session,
      StagingTable staging,
      CopyBuffer buffer,
      EncodeAhead ahead,
      DirectInsert newRows) {
    this.session = session;
    this.plan = staging.plan();
    this.staging = staging;
    this.stager = new Stager(session, staging, buffer);
    this.merge = new MergeSql(staging, session.serverVersion());
    this.image = new ImageSql(staging);
    this.removal = new RemovalSql(staging);
    this.buffer = buffer;
    this.ahead = ahead;
    this.newRows = newRows;
  }

  @Override
  public TablePlan plan() {
    return plan;
  }

  @Override
  public Counts counts() {
    return counts;
  }

  /**
   * From the next batch on stored rows are removed and written anew, so that rows may swap values
   * that a constraint keeps unique; or are updated in place again.
   */
  void replaceRows(boolean yes) {
    replace = yes;
  }

  @Override
  public Set<PgColumn> stage(TableBatch batch, Position floor) throws SQLException {
    stager.clear();
    counts = new Counts();
    unstaged = Optional.empty();
    List<RowChange> changes = batch.changes();
    if (changes.isEmpty()) {
      return Set.of();
    }
    boolean someVoid = changes.stream().anyMatch(each -> each.info().position().isBelow(floor));
    Optional<EncodedRows> encoded =
        someVoid || replace ? Optional.empty() : ahead.take(batch, newRows);
    if (encoded.isPresent() && encoded.get().layout() == Layout.STORED) {
      unstaged = encoded;
      return encoded.get().nulls();
    }
    Set<PgColumn> nulls =
        encoded.isPresent() ? stager.stage(encoded.get(), floor) : stager.stage(changes, floor);
    counts.stale += stager.tooOld();
    return nulls;
  }

  @Override
  public void remove(TableBatch batch) throws SQLException {
    if (batch.truncateBelow().isPresent()) {
      session.execute("SET LOCAL enable_seqscan = on");
      counts.deleted +=
          session.update(removal.removeBelow(batch.truncateBelow().get(), Operation.TRUNCATE));
      session.execute("SET LOCAL enable_seqscan = off");
    }
    requireStored(StagedRowKind.UNCHANGED, merge::missing);
    requireStored(StagedRowKind.MOVED, image::missingMoved);
    if (replace) {
      session.number(image.lock(UPSERTS));
      fillImage(UPSERTS);
    } else if (has(StagedRowKind.MOVED)) {
      fillImage(StagedRowKind.MOVED);
    }
    if (has(StagedRowKind.DELETE)) {
      delete();
    }
    if (replace) {
      session.update(image.deleteReplaced());
    }
  }

  private void delete() throws SQLException {
    BitSet deleted = session.numbers(removal.delete());
    counts.deleted += deleted.cardinality();
    if (deleted.cardinality() < stager.count(StagedRowKind.DELETE)) {
      Integer[] others = stager.numbers(StagedRowKind.DELETE, deleted);
      try (PreparedStatement query =
          session.connection().prepareStatement(removal.staleDeletes())) {
        query.setArray(1, session.connection().createArrayOf("integer", others));
        try (ResultSet row = query.executeQuery()) {
          row.next();
          counts.stale += row.getLong(1);
        }
      }
    }
  }

  private void fillImage(StagedRowKind... kinds) throws SQLException {
    session.execute(staging.createImageSql());
    session.update(image.fillImage(kinds));
  }

  @Override
  public void write(TableBatch batch) throws SQLException {
    if (unstaged.isPresent()) {
      OptionalLong inserted = newRows.insert(session, unstaged.get(), buffer);
      if (inserted.isPresent()) {
        counts.upserted += inserted.getAsLong();
        return;
      }
      // None is below the floor, or it would have been staged before.
      stager.stage(unstaged.get().changes(), Position.START);
    }
    counts.deleted +=
        written(StagedRowKind.DELETE_FULL, () -> merge.full(StagedRowKind.DELETE_FULL));
    counts.deleted += partial(StagedRowKind.DELETE_PARTIAL);
    if (replace) {
      long total = session.update(image.insertImage());
      for (StagedRowKind kind : UPSERTS) {
        counts.stale += stager.count(kind);
      }
      counts.stale -= total;
      counts.upserted += total;
      return;
    }
    long unchanged =
        written(StagedRowKind.UNCHANGED, () -> merge.partialUpdate(StagedRowKind.UNCHANGED));
    long moved = written(StagedRowKind.MOVED, image::mergeImage);
    counts.toastMerged += unchanged + moved;
    counts.upserted += unchanged + moved;
    counts.upserted += partial(StagedRowKind.ABSENT);
    counts.upserted += written(StagedRowKind.FULL, () -> merge.full(StagedRowKind.FULL));
  }

  private long written(StagedRowKind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long rows = session.update(sql.get());
    counts.stale += stager.count(kind) - rows;
    return rows;
  }

  private long partial(StagedRowKind kind) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long updated = session.update(merge.partialUpdate(kind));
    long inserted = session.update(merge.partialInsert(kind));
    counts.stale += stager.count(kind) - inserted - updated;
    return inserted + updated;
  }

  private boolean has(StagedRowKind kind) {
    return stager.count(kind) > 0;
  }

  private void requireStored(StagedRowKind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return;
    }
    try (PreparedStatement query = session.connection().prepareStatement(sql.get());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        RowChange change = stager.change(row.getInt(1));
        String names = unchanged(change.cells());
        if (!names.isEmpty()) {
          throw new RecordException(
              "Table "
                  + plan.table().id()
                  + ", key "
                  + change.key()
                  + ", column "
                  + names
                  + ": the source did not send the value, because the change left it untouched"
                  + " (TOAST), and the row is not stored here. Set REPLICA IDENTITY FULL on the"
                  + " source table or use Debezium's ReselectColumnsPostProcessor, then let the row"
                  + " come again (a snapshot, or an update of it).",
              plan.table().id(),
              change.key(),
              null);
        }
      }
    }
  }

  private String unchanged(Object[] cells) {
    StringJoiner names = new StringJoiner(", ");
    for (WrittenColumn column : plan.columns()) {
      if (cells[column.index()] == Cell.UNCHANGED) {
        names.add(column.column().name());
      }
    }
    return names.toString();
  }
}
