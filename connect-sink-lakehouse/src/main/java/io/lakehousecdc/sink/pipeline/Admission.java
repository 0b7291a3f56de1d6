package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.Position;

/**
 * What the ledger of a partition decided about a record.
 *
 * @param verdict decision
 * @param position position that the change has; null for a redelivery
 */
record Admission(Verdict verdict, Position position) {

  enum Verdict {
    /** Apply it. */
    NEW,
    /**
     * Apply it where rows are guarded by position; where they are logged, it is a duplicate: the
     * source emitted it again.
     */
    REPEATED,
    /** The target has this record already: skip it. */
    REDELIVERED
  }

  static final Admission REDELIVERED = new Admission(Verdict.REDELIVERED, null);
}
