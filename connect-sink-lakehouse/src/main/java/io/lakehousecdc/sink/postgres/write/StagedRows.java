// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.ServerFailure;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.RowNumbers;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The changes of one batch in its staging table: none at first, then {@link #stage}d once. Not
 * thread-safe.
 */
final class StagedRows {
  private final Session session;
  private final StagingTable staging;
  private final TablePlan plan;
  private final CopyBuffer buffer;
  private final RowEncoder encoder;
  private final SkipCounter skips;
  private List<RowChange> changes = List.of();
  private List<RowChange> sent = List.of();
  private int[] counts = new int[StagedRowKind.values().length];

  /**
   * @param skips counts the changes that are void
   */
  StagedRows(Session session, StagingTable staging, CopyBuffer buffer, SkipCounter skips) {
    this.session = session;
    this.staging = staging;
    this.plan = staging.plan();
    this.buffer = buffer;
    this.encoder = new RowEncoder(plan);
    this.skips = skips;
  }

  /** Number of staged rows of a kind. */
  int count(StagedRowKind kind) {
    return counts[kind.ordinal()];
  }

  /** Numbers of the staged rows of a kind, without some. */
  List<Integer> numbers(StagedRowKind kind, BitSet without) {
    return IntStream.range(0, changes.size())
        .filter(
            number -> !without.get(number) && StagedRowKind.of(changes.get(number), plan) == kind)
        .boxed()
        .toList();
  }

  /** The change that was staged under a number. */
  RowChange change(int number) {
    return changes.get(number);
  }

  /**
   * Stages a batch.
   *
   * @param floors changes below them are void
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage(List<RowChange> batch, Floors floors) throws SQLException {
    changes = KeyOrder.sorted(batch);
    session.ensureStaging(staging);
    encode(floors, number -> true);
    resolve(floors);
    return encoder.nulls();
  }

  /** Stages a batch that is encoded already, none of it void. */
  Set<PgColumn> stage(EncodedRows encoded, Floors floors) throws SQLException {
    changes = new ArrayList<>(encoded.changes());
    counts = encoded.counts().clone();
    session.ensureStaging(staging);
    if (!session.holds(staging, encoded.longest())) {
      session.makeRoom(staging);
    }
    copy(
        encoded.layout() == RowLayout.STAGED ? staging.copySql() : staging.copyWholeSql(),
        copy -> {
          sent = changes;
          copy.rows(encoded.bytes());
        });
    encoded.sent();
    resolve(floors);
    Set<PgColumn> nulls = encoder.nulls();
    nulls.addAll(encoded.nulls());
    return nulls;
  }

  /** Sends rows by COPY and notes their changes, in the order of the rows. */
  private interface Rows {
    void send(CopyWriter copy) throws SQLException;
  }

  private void copy(String sql, Rows rows) throws SQLException {
    sent = new ArrayList<>();
    try (CopyWriter copy = new CopyWriter(session, sql, buffer)) {
      rows.send(copy);
      copy.finish();
    } catch (SQLException e) {
      if (SqlErrors.state(e).equals(SqlErrors.PROGRAM_LIMIT_EXCEEDED)
          && !session.holds(staging, Long.MAX_VALUE)) {
        session.distrustLengths();
        throw new RetriableException(
            "Table " + plan.table().id() + ": its staging table is too small for a row.",
            ServerFailure.of(e));
      }
      Optional<RecordException> refused = StagingErrors.locate(e, plan, sent);
      if (refused.isPresent()) {
        throw refused.get();
      }
      throw e;
    }
  }

  /** Stages the wanted changes; a row that the table does not hold makes it a roomier one. */
  private void encode(Floors floors, IntPredicate wanted) throws SQLException {
    int next = encodeFrom(0, floors, wanted);
    if (next < changes.size()) {
      session.makeRoom(staging);
      encodeFrom(next, floors, wanted);
    }
  }

  private int encodeFrom(int number, Floors floors, IntPredicate wanted) throws SQLException {
    int[] next = new int[1];
    copy(staging.copySql(), copy -> next[0] = encode(number, floors, wanted, copy));
    return next[0];
  }

  /** Number of the first change that was not staged, because the table does not hold it. */
  private int encode(int from, Floors floors, IntPredicate wanted, CopyWriter copy)
      throws SQLException {
    for (int number = from; number < changes.size(); number++) {
      RowChange change = changes.get(number);
      if (!wanted.test(number)) {
        continue;
      }
      Floor floor = floors.over(change.info());
      if (floor != null) {
        skips.below(floor, change.key(), change.info().position());
        continue;
      }
      StagedRowKind kind = StagedRowKind.of(change, plan);
      int before = copy.buffer().size();
      encoder.staged(number, kind, change, copy.buffer());
      if (!session.holds(staging, encoder.rowBytes())) {
        copy.buffer().truncate(before);
        return number;
      }
      counts[kind.ordinal()]++;
      sent.add(change);
      copy.endRow();
    }
    return changes.size();
  }

  /** Takes out rows of a kind that have been staged. */
  void drop(StagedRowKind kind, List<Integer> numbers) throws SQLException {
    counts[kind.ordinal()] -= numbers.size();
    session.execute(staging.dropSql(new RowNumbers(numbers)));
  }

  /** Stages what changes come to that depend on the stored rows. */
  private void resolve(Floors floors) throws SQLException {
    if (count(StagedRowKind.CONDITIONAL) > 0
        || count(StagedRowKind.MOVED) > 0 && !PassedKeys.of(changes).isEmpty()) {
      replace(new SharedKeys(session, staging).resolved(changes, floors));
    }
  }

  /**
   * Stages other changes in place of some that are staged, and so are not void. Conditional ones
   * stay beside them: nothing applies those.
   *
   * @param others by number
   */
  void replace(Map<Integer, RowChange> others) throws SQLException {
    Map<StagedRowKind, List<Integer>> replaced =
        others.keySet().stream()
            .collect(Collectors.groupingBy(number -> StagedRowKind.of(changes.get(number), plan)));
    replaced.remove(StagedRowKind.CONDITIONAL);
    for (Map.Entry<StagedRowKind, List<Integer>> each : replaced.entrySet()) {
      drop(each.getKey(), each.getValue());
    }
    others.forEach(changes::set);
    if (!others.isEmpty()) {
      encode(new Floors(List.of()), others::containsKey);
    }
  }
}
