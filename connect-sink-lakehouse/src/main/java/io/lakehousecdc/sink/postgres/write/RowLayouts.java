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
 * The choice of a {@link RowLayout} for each batch of a plan. Batches of nothing but creates and
 * snapshot rows are given that of a {@link DirectInsert}; after one that was refused, the next ones
 * are merged for a while. Thread-safe.
 */
final class RowLayouts {
  /** Batches that are merged after one that was refused. */
  private static final int PAUSE = 50;

  private final TablePlan plan;
  private final AtomicInteger pause = new AtomicInteger();

  RowLayouts(TablePlan plan) {
    this.plan = plan;
  }

  TablePlan plan() {
    return plan;
  }

  /** How to encode a batch, given the kind of each change. */
  RowLayout of(List<RowChange> changes, StagedRowKind[] kinds) {
    boolean promising =
        plan.copied()
            && changes.stream().allMatch(RowLayouts::mayBeNew)
            && Arrays.stream(kinds).allMatch(kind -> kind == StagedRowKind.FULL);
    if (promising && pause.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      return RowLayout.STORED;
    }
    return Arrays.stream(kinds).anyMatch(StagedRowKind::isPartial)
        ? RowLayout.STAGED
        : RowLayout.STAGED_WHOLE;
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
