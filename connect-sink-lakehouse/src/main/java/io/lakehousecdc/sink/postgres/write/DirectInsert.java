// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.SqlFragments;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.write.EncodedRows.Layout;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Copies batches of nothing but creates and snapshot rows straight into their table: that takes the
 * server about half of what staging and merging them takes. Whether the rows are new indeed the
 * key's index tells, because a row that is stored already refuses the COPY; the batch is staged and
 * merged then as any other, and so are the next ones for a while. Thread-safe but for {@link
 * #insert}, which the session's owner calls.
 */
final class DirectInsert {
  /** Batches that are merged after one that was refused. */
  private static final int PAUSE = 50;

  private static final String SAVEPOINT = "_cdc_new_rows";

  private final TablePlan plan;
  private final String copySql;
  private final boolean possible;
  private final AtomicInteger pause = new AtomicInteger();

  DirectInsert(TablePlan plan) {
    this.plan = plan;
    this.copySql = new SqlFragments(plan).copySql();
    this.possible = plan.copied();
  }

  TablePlan plan() {
    return plan;
  }

  /** How to encode a batch, given the kind of each change. */
  Layout layout(List<RowChange> changes, StagedRowKind[] kinds) {
    boolean promising =
        possible
            && changes.stream().allMatch(DirectInsert::mayBeNew)
            && Arrays.stream(kinds).allMatch(kind -> kind == StagedRowKind.FULL);
    if (promising && pause.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      return Layout.STORED;
    }
    return Arrays.stream(kinds).anyMatch(StagedRowKind::isPartial)
        ? Layout.STAGED
        : Layout.STAGED_WHOLE;
  }

  private static boolean mayBeNew(RowChange change) {
    Operation operation = change.info().operation();
    return operation == Operation.READ || operation == Operation.CREATE;
  }

  /**
   * Inserts the rows; returns their number, or nothing where the server refuses one of them, with
   * the transaction as it was before.
   */
  OptionalLong insert(Session session, EncodedRows rows, CopyBuffer buffer) throws SQLException {
    session.execute("SAVEPOINT " + SAVEPOINT);
    try (CopyWriter copy = new CopyWriter(session, copySql, buffer)) {
      copy.rows(rows.bytes());
      long inserted = copy.finish();
      session.execute("RELEASE SAVEPOINT " + SAVEPOINT);
      return OptionalLong.of(inserted);
    } catch (SQLException e) {
      if (SqlErrors.classify(e, "Inserting rows") instanceof RetriableException) {
        throw e;
      }
      session.execute("ROLLBACK TO SAVEPOINT " + SAVEPOINT + "; RELEASE SAVEPOINT " + SAVEPOINT);
      pause.set(PAUSE);
      return OptionalLong.empty();
    }
  }
}
