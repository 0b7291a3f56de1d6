// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.MergeSql;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.write.EncodedRows.Layout;
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
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Copies the changes of one batch after the other into a staging table. Not thread-safe. */
final class Stager {
  private final Session session;
  private final StagingTable staging;
  private final TablePlan plan;
  private final MergeSql merge;
  private final RowEncoder encoder;
  private final CopyBuffer buffer;
  private List<RowChange> changes = List.of();
  private List<RowChange> sent = List.of();
  private int[] staged = new int[StagedRowKind.values().length];
  private long tooOld;

  Stager(Session session, StagingTable staging, CopyBuffer buffer) {
    this.session = session;
    this.staging = staging;
    this.plan = staging.plan();
    this.merge = new MergeSql(staging, session.serverVersion());
    this.encoder = new RowEncoder(plan);
    this.buffer = buffer;
  }

  /** Begins a batch of which nothing is staged yet. */
  void clear() {
    encoder.takeNulls();
    changes = List.of();
    staged = new int[StagedRowKind.values().length];
    tooOld = 0;
  }

  /** Number of staged rows of a kind. */
  int count(StagedRowKind kind) {
    return staged[kind.ordinal()];
  }

  /** Numbers of the staged rows of a kind, without some. */
  Integer[] numbers(StagedRowKind kind, BitSet without) {
    return IntStream.range(0, changes.size())
        .filter(
            number -> !without.get(number) && StagedRowKind.of(changes.get(number), plan) == kind)
        .boxed()
        .toArray(Integer[]::new);
  }

  /** Changes that were left out, being below the floor. */
  long tooOld() {
    return tooOld;
  }

  /** The change that was staged under a number. */
  RowChange change(int number) {
    return changes.get(number);
  }

  /**
   * Stages a batch.
   *
   * @param floor changes below it are void
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage(List<RowChange> batch, Position floor) throws SQLException {
    changes = KeyOrder.sorted(batch);
    copy(staging.copySql(), copy -> encode(floor, change -> true, copy));
    settle(floor);
    return encoder.takeNulls();
  }

  /** Stages a batch that is encoded already, none of it below the floor. */
  Set<PgColumn> stage(EncodedRows encoded, Position floor) throws SQLException {
    changes = new ArrayList<>(encoded.changes());
    staged = encoded.kinds().clone();
    copy(
        encoded.layout() == Layout.STAGED ? staging.copySql() : staging.copyWholeSql(),
        copy -> {
          sent = changes;
          copy.rows(encoded.bytes());
        });
    settle(floor);
    Set<PgColumn> nulls = encoder.takeNulls();
    nulls.addAll(encoded.nulls());
    return nulls;
  }

  /** Sends rows by COPY and notes their changes, in the order of the rows. */
  private interface Rows {
    void send(CopyWriter copy) throws SQLException;
  }

  private void copy(String sql, Rows rows) throws SQLException {
    sent = new ArrayList<>();
    session.ensureStaging(staging);
    try (CopyWriter copy = new CopyWriter(session, sql, buffer)) {
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
        tooOld++;
        continue;
      }
      StagedRowKind kind = StagedRowKind.of(change, plan);
      staged[kind.ordinal()]++;
      sent.add(change);
      encoder.staged(number, kind, change, copy.buffer());
      copy.endRow();
    }
  }

  /** Settles changes by the rows that are stored, and stages what is left of them. */
  private void settle(Position floor) throws SQLException {
    if (count(StagedRowKind.UNSETTLED) == 0) {
      return;
    }
    Map<Integer, StoredRowState> standings = new HashMap<>();
    try (PreparedStatement query = session.connection().prepareStatement(merge.standings());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        standings.put(row.getInt(1), standing(row, floor));
      }
    }
    BitSet settled = new BitSet();
    for (int number = 0; number < changes.size(); number++) {
      if (changes.get(number) instanceof RowChange.ConditionalChange unsettled
          && !unsettled.info().position().isBelow(floor)) {
        StoredRowState stored = standings.getOrDefault(number, StoredRowState.NONE);
        changes.set(number, unsettled.settle(stored, plan.schema().size()));
        settled.set(number);
      }
    }
    copy(staging.copySql(), copy -> encode(floor, settled::get, copy));
  }

  private static StoredRowState standing(ResultSet row, Position floor) throws SQLException {
    Position position = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
    boolean positioned = row.getBoolean(5);
    if (positioned && position.isBelow(floor)) {
      return StoredRowState.NONE;
    }
    return new StoredRowState(positioned ? position : null, row.getString(6), row.getBoolean(7));
  }
}
