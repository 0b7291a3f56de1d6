// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import io.lakehousecdc.sink.postgres.sql.SpanTable;
import io.lakehousecdc.sink.postgres.sql.SpanTable.Kind;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.VersionQueries;
import io.lakehousecdc.sink.postgres.sql.VersionSql;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.version.KeyVersions;
import io.lakehousecdc.sink.version.Span;
import io.lakehousecdc.sink.version.Version;
import io.lakehousecdc.sink.version.VersionPlanner;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A write of history mode: the changes are staged, the versions of their keys read, and what
 * becomes of these is written set by set: ended and moved ones first, then new ones. The table is
 * locked against other writers. For one use; not thread-safe.
 */
final class VersionWrite implements TableWrite {
  private final Session session;
  private final CopyBuffer buffer;
  private final TablePlan plan;
  private final StagedRows staged;
  private final VersionQueries queries;
  private final VersionSql sql;
  private final int staging;
  private final HistoryOptions options;
  private final TableBatch batch;
  private final Floors floors;
  private final Set<Integer> tracked;
  private final SpanCounts counts = new SpanCounts();
  private CommitReceipt receipt = CommitReceipt.NOTHING;

  /**
   * @param floors truncates and sweeps that hold for the table
   */
  VersionWrite(
      Session session, CompiledTable table, CopyBuffer buffer, TableBatch batch, Floors floors) {
    this.session = session;
    this.buffer = buffer;
    this.plan = table.plan();
    this.staged = new StagedRows(session, table.staging(), buffer, new SkipCounter(batch.table()));
    this.queries = new VersionQueries(table.staging());
    this.sql = new VersionSql(table.staging());
    this.staging = table.staging().number();
    this.options = plan.options().history().orElseThrow();
    this.batch = batch.withRows(batch.schema(), KeyOrder.sorted(batch.changes()));
    this.floors = floors;
    this.tracked =
        IntStream.of(VersionPlanner.tracked(batch, options)).boxed().collect(Collectors.toSet());
  }

  @Override
  public Set<PgColumn> stage() throws SQLException {
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    // What a change is worth is decided with the versions: none is void by a floor.
    List<RowChange> sent = batch.changes().stream().map(this::sent).toList();
    return staged.stage(sent, new Floors(List.of()));
  }

  /**
   * What is staged of a change at first: all that it may come to, as if rows had passed through no
   * key.
   */
  private RowChange sent(RowChange change) {
    FormerRow former = change.formerRow() == null ? null : change.formerRow().withoutPassage();
    if (change instanceof ConditionalChange conditional) {
      Object[] cells =
          conditional.cells() == null ? Cell.absent(batch.schema().size()) : conditional.cells();
      return new Upsert(change.key(), cells, change.info(), former);
    }
    return former == change.formerRow() ? change : change.completed(change.cells(), former);
  }

  @Override
  public void remove() throws SQLException {
    BelowFloorSql below = new BelowFloorSql(plan.table(), plan.options());
    long truncated = 0;
    for (Floor each : batch.truncates()) {
      String statement = below.remove(each, Operation.TRUNCATE);
      truncated += session.scanning(() -> session.update(statement));
    }
    receipt = new CommitReceipt(0, truncated, 0, 0, 0);
  }

  @Override
  public void write() throws SQLException {
    if (batch.changes().isEmpty()) {
      return;
    }
    Map<RowKey, List<Version>> versions = StagedVersions.versions(session, queries, batch);
    TableBatch settled = settled(versions);
    StagedVersions stored = StagedVersions.read(session, queries, settled, versions, tracked);
    VersionPlanner planner = new VersionPlanner(settled, floors.all(), options, stored);
    List<KeyVersions> plans = planner.plan();
    send(plans);
    run(Kind.REMOVED, sql.retire());
    run(Kind.MOVED, sql.move());
    run(Kind.NEW, sql.insert());
    if (counts.copied() > 0) {
      session.update(sql.copy());
    }
    // Only now do values change that stored versions lend to new ones.
    if (counts.replaced() > 0) {
      session.update(sql.replace());
    }
    update(Kind.MOVED);
    update(Kind.NEW);
    run(Kind.REMOVED, sql.remove());
    receipt = receipt.plus(planner.receipt());
  }

  /** The batch, of which no change depends on a passed key; it is staged in place of the other. */
  private TableBatch settled(Map<RowKey, List<Version>> versions) throws SQLException {
    if (PassedKeys.of(batch.changes()).isEmpty()) {
      return batch;
    }
    List<RowChange> changes =
        PassedKeys.settled(
            batch.changes(),
            former -> Version.found(versions.getOrDefault(former.key(), List.of()), former.at()));
    Map<Integer, RowChange> others = new HashMap<>();
    for (int number = 0; number < changes.size(); number++) {
      if (changes.get(number) != batch.changes().get(number)) {
        others.put(number, sent(changes.get(number)));
      }
    }
    staged.replace(others);
    return batch.withRows(batch.schema(), changes);
  }

  private void send(List<KeyVersions> plans) throws SQLException {
    session.execute(SpanTable.CREATE);
    try (CopyWriter copy = new CopyWriter(session, SpanTable.COPY, buffer)) {
      SpanEncoder encoder = new SpanEncoder(staging, copy.buffer());
      for (KeyVersions each : plans) {
        for (Span span : each.spans()) {
          if (counts.note(span)) {
            encoder.encode(each.change(), span);
            copy.endRow();
          }
        }
      }
      copy.finish();
    }
  }

  private void run(Kind kind, String statement) throws SQLException {
    if (counts.of(kind) > 0) {
      session.update(statement);
    }
  }

  private void update(Kind kind) throws SQLException {
    Optional<String> statement =
        counts.updated() > 0 ? sql.update(tracked, kind) : Optional.empty();
    if (statement.isPresent()) {
      session.update(statement.get());
    }
  }

  @Override
  public CommitReceipt receipt() {
    return receipt;
  }
}
