package io.lakehousecdc.sink.target.postgres;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.Standing;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.target.postgres.EncodeAhead.EncodedRows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/** Keeps a table at the current state: staged rows are merged by key. Not thread-safe. */
final class UpsertWriter implements TableWriter {
  private static final Kind[] UPSERTS = {Kind.FULL, Kind.UNCHANGED, Kind.ABSENT, Kind.MOVED};

  private final Session session;
  private final TablePlan plan;
  private final StagingTable staging;
  private final MergeSql merge;
  private final ImageSql image;
  private final RemovalSql removal;
  private final RowEncoder encoder;
  private final CopyBuffer buffer;
  private final EncodeAhead ahead;
  private List<RowChange> changes = List.of();
  private List<RowChange> sent = List.of();
  private int[] staged = new int[Kind.values().length];
  private Counts counts = new Counts();
  private boolean replace;

  UpsertWriter(Session session, StagingTable staging, CopyBuffer buffer, EncodeAhead ahead) {
    this.session = session;
    this.plan = staging.plan();
    this.staging = staging;
    this.merge = new MergeSql(staging, session.serverVersion());
    this.image = new ImageSql(staging);
    this.removal = new RemovalSql(staging);
    this.encoder = new RowEncoder(plan);
    this.buffer = buffer;
    this.ahead = ahead;
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
    staged = new int[Kind.values().length];
    counts = new Counts();
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    session.ensureStaging(staging);
    changes = new ArrayList<>(batch.changes());
    Optional<EncodedRows> encoded = ahead.take(batch, plan);
    Set<PgColumn> nulls = Set.of();
    if (encoded.isPresent() && noneIsBelow(floor)) {
      nulls = encoded.get().nulls();
      staged = encoded.get().staged();
      copy(
          copy -> {
            sent = changes;
            copy.rows(encoded.get().bytes());
          });
    } else {
      copy(copy -> encode(floor, change -> true, copy));
    }
    if (has(Kind.UNSETTLED)) {
      BitSet settled = settle(floor);
      copy(copy -> encode(floor, settled::get, copy));
    }
    return nulls.isEmpty() ? encoder.takeNulls() : nulls;
  }

  /** Whether the floor, which encoding ahead cannot know, makes no change void. */
  private boolean noneIsBelow(Position floor) {
    return changes.stream().noneMatch(change -> change.info().position().isBelow(floor));
  }

  /** Sends rows by COPY and notes their changes, in the order of the rows. */
  private interface Rows {
    void send(CopyWriter copy) throws SQLException;
  }

  private void copy(Rows rows) throws SQLException {
    sent = new ArrayList<>();
    try (CopyWriter copy = new CopyWriter(session, staging.copySql(), buffer)) {
      rows.send(copy);
      copy.finish();
    } catch (SQLException e) {
      Optional<RecordException> refused = StagingErrors.locate(e, plan, sent);
      if (refused.isPresent()) {
        throw refused.get();
      }
      throw e;
    }
  }

  private void encode(Position floor, IntPredicate wanted, CopyWriter copy) throws SQLException {
    for (int number = 0; number < changes.size(); number++) {
      RowChange change = changes.get(number);
      if (!wanted.test(number)) {
        continue;
      }
      if (change.info().position().isBelow(floor)) {
        counts.stale++;
        continue;
      }
      Kind kind = Kind.of(change, plan);
      staged[kind.ordinal()]++;
      sent.add(change);
      encoder.staged(number, kind, change, copy.buffer());
      copy.endRow();
    }
  }

  /** Settles changes by the rows that are stored; returns their numbers. */
  private BitSet settle(Position floor) throws SQLException {
    Map<Integer, Standing> standings = new HashMap<>();
    try (PreparedStatement query = session.connection().prepareStatement(merge.standings());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        standings.put(row.getInt(1), standing(row, floor));
      }
    }
    BitSet settled = new BitSet();
    for (int number = 0; number < changes.size(); number++) {
      if (changes.get(number) instanceof RowChange.Unsettled unsettled
          && !unsettled.info().position().isBelow(floor)) {
        Standing stored = standings.getOrDefault(number, Standing.NONE);
        changes.set(number, unsettled.settle(stored, plan.schema().size()));
        settled.set(number);
      }
    }
    return settled;
  }

  private static Standing standing(ResultSet row, Position floor) throws SQLException {
    Position position = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
    boolean positioned = row.getBoolean(5);
    if (positioned && position.isBelow(floor)) {
      return Standing.NONE;
    }
    return new Standing(positioned ? position : null, row.getString(6), row.getBoolean(7));
  }

  @Override
  public void remove(TableBatch batch) throws SQLException {
    if (batch.truncateBelow().isPresent()) {
      session.execute("SET LOCAL enable_seqscan = on");
      counts.deleted +=
          session.update(removal.removeBelow(batch.truncateBelow().get(), Operation.TRUNCATE));
      session.execute("SET LOCAL enable_seqscan = off");
    }
    requireStored(Kind.UNCHANGED, merge::missing);
    requireStored(Kind.MOVED, image::missingMoved);
    if (replace) {
      session.number(image.lock(UPSERTS));
      fillImage(UPSERTS);
    } else if (has(Kind.MOVED)) {
      fillImage(Kind.MOVED);
    }
    if (has(Kind.DELETE)) {
      long deleted = session.update(removal.delete());
      counts.deleted += deleted;
      if (deleted < staged[Kind.DELETE.ordinal()]) {
        counts.stale += session.number(removal.staleDeletes());
      }
    }
    if (replace) {
      session.update(image.deleteReplaced());
    }
  }

  private void fillImage(Kind... kinds) throws SQLException {
    session.execute(staging.createImageSql());
    session.update(image.fillImage(kinds));
  }

  @Override
  public void write(TableBatch batch) throws SQLException {
    counts.deleted += written(Kind.DELETE_FULL, () -> merge.full(Kind.DELETE_FULL));
    counts.deleted += partial(Kind.DELETE_PARTIAL);
    if (replace) {
      long total = session.update(image.insertImage());
      for (Kind kind : UPSERTS) {
        counts.stale += staged[kind.ordinal()];
      }
      counts.stale -= total;
      counts.upserted += total;
      return;
    }
    long unchanged = written(Kind.UNCHANGED, () -> merge.partialUpdate(Kind.UNCHANGED));
    long moved = written(Kind.MOVED, image::mergeImage);
    counts.toastMerged += unchanged + moved;
    counts.upserted += unchanged + moved;
    counts.upserted += partial(Kind.ABSENT);
    counts.upserted += written(Kind.FULL, () -> merge.full(Kind.FULL));
  }

  private long written(Kind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long rows = session.update(sql.get());
    counts.stale += staged[kind.ordinal()] - rows;
    return rows;
  }

  private long partial(Kind kind) throws SQLException {
    if (!has(kind)) {
      return 0;
    }
    long updated = session.update(merge.partialUpdate(kind));
    long inserted = session.update(merge.partialInsert(kind));
    counts.stale += staged[kind.ordinal()] - inserted - updated;
    return inserted + updated;
  }

  private boolean has(Kind kind) {
    return staged[kind.ordinal()] > 0;
  }

  private void requireStored(Kind kind, Supplier<String> sql) throws SQLException {
    if (!has(kind)) {
      return;
    }
    try (PreparedStatement query = session.connection().prepareStatement(sql.get());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        RowChange change = changes.get(row.getInt(1));
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
