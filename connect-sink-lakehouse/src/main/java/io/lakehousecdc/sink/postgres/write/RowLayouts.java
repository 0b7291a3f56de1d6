// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The choice of a {@link RowLayout} for each batch of a plan, and of the room that it needs.
 * Batches of nothing but creates and snapshot rows are given that of a {@link DirectInsert}; after
 * one that was refused, the next ones are merged for a while. Thread-safe.
 */
final class RowLayouts {
  /** Batches that are merged after one that was refused. */
  private static final int PAUSE = 50;

  /** What is taken for the length of a row before any has been encoded. */
  private static final int FIRST_ROW_BYTES = 256;

  /** What a buffer begins with at most; it grows with what it is given. */
  private static final int MOST_EXPECTED_BYTES = 2 << 20;

  private final TablePlan plan;
  private final AtomicInteger pause = new AtomicInteger();

  /** Length of a row, on average of the batch that was encoded last. */
  private volatile int rowBytes = FIRST_ROW_BYTES;

  RowLayouts(TablePlan plan) {
    this.plan = plan;
  }

  TablePlan plan() {
    return plan;
  }

  /** How to encode a batch, given the kind of each change. */
  RowLayout of(List<RowChange> changes, StagedRowKind[] kinds) {
    if (mayBeInserted(changes, kinds) && pause.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      return RowLayout.STORED;
    }
    return Arrays.stream(kinds).anyMatch(StagedRowKind::isPartial)
        ? RowLayout.STAGED
        : RowLayout.STAGED_WHOLE;
  }

  private boolean mayBeInserted(List<RowChange> changes, StagedRowKind[] kinds) {
    boolean possible = plan.copied();
    for (int i = 0; possible && i < kinds.length; i++) {
      possible = kinds[i] == StagedRowKind.FULL && mayBeNew(changes.get(i));
    }
    return possible;
  }

  /**
   * Bytes to begin a batch's buffer with: what it is likely to take and a reserve, so that it need
   * not grow. No more than {@link #MOST_EXPECTED_BYTES}: rows of the batch before may have been
   * much longer.
   */
  int expectedBytes(int rows) {
    return (int) Math.min(MOST_EXPECTED_BYTES, (rows + 1L) * rowBytes * 5 / 4);
  }

  /** Notes how many bytes a batch has taken. */
  void encoded(int rows, int bytes) {
    rowBytes = Math.max(1, bytes / Math.max(1, rows));
  }

  /** Notes that rows of a batch were stored already. */
  void directInsertRefused() {
    pause.set(PAUSE);
  }

  private static boolean mayBeNew(RowChange change) {
    Operation operation = change.info().operation();
    return operation == Operation.READ || operation == Operation.CREATE;
  }
}
