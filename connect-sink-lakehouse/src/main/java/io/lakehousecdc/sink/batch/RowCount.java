// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * How many rows of the source have one key. Between transactions it is one or none; within one, a
 * deferrable constraint lets several rows share a key, so that a delete may take another row than
 * the last one created. An update or delete with which a transaction begins proves that there was
 * one row; a create proves nothing. Immutable.
 *
 * @param rows the number; meaningless where there are steps
 * @param steps creates and deletes on top of what the target has stored; null where the number is
 *     known without it
 */
record RowCount(int rows, List<Step> steps) {
  private static final RowCount[] KNOWN = {
    new RowCount(0, null), new RowCount(1, null), new RowCount(2, null)
  };

  static RowCount known(int rows) {
    return rows < KNOWN.length ? KNOWN[Math.max(0, rows)] : new RowCount(rows, null);
  }

  /** After the first event of the key in a batch. */
  static RowCount first(Operation operation, Position at, TransactionVisibility coverage) {
    int change = change(operation);
    if (coverage == TransactionVisibility.NONE || operation == Operation.READ) {
      return known(change < 0 ? 0 : 1);
    }
    if (operation == Operation.CREATE) {
      return new RowCount(0, List.of(new Step(at, 1)));
    }
    if (coverage == TransactionVisibility.FROM_START) {
      return known(1 + change);
    }
    return new RowCount(0, change == 0 ? List.of() : List.of(new Step(at, change)));
  }

  /**
   * Just before one more event.
   *
   * @param last the event before it
   */
  RowCount before(Operation next, Position at, TransactionVisibility coverage, ChangeInfo last) {
    if (coverage == TransactionVisibility.NONE || at.isOfSameTransaction(last.position())) {
      return this;
    }
    if (next == Operation.UPDATE || next == Operation.DELETE) {
      return known(1);
    }
    if (isKnown()) {
      return known(Math.min(rows, 1));
    }
    return last.operation() == Operation.DELETE ? this : known(1);
  }

  /** After the event that {@link #before} was asked for. */
  RowCount after(Operation operation, Position at, TransactionVisibility coverage) {
    int change = change(operation);
    if (coverage == TransactionVisibility.NONE || operation == Operation.READ) {
      return known(change < 0 ? 0 : 1);
    }
    return plus(change, at);
  }

  private RowCount plus(int change, Position at) {
    if (change == 0) {
      return this;
    }
    if (isKnown()) {
      return known(rows + change);
    }
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(at, change));
    return new RowCount(0, List.copyOf(more));
  }

  boolean isKnown() {
    return steps == null;
  }

  /** Whether all that is known is one create, on top of a row or of none. */
  boolean isOneCreate() {
    return steps != null && steps.size() == 1 && steps.get(0).rows() > 0;
  }

  private static int change(Operation operation) {
    return switch (operation) {
      case CREATE -> 1;
      case DELETE -> -1;
      default -> 0;
    };
  }
}
