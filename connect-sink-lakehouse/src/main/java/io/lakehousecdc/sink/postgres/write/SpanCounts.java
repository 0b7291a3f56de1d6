// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.postgres.sql.SpanTable.Kind;
import io.lakehousecdc.sink.version.Span;

/** The count of what a batch does to versions: it tells which statements are needed. */
final class SpanCounts {
  private final int[] kinds = new int[Kind.values().length];
  private int replaced;
  private int updated;
  private int copied;

  /** Counts a version; whether there is anything to do. */
  boolean note(Span span) {
    boolean isNew = span.stored() == null;
    if (isNew ? span.isRemoved() : !span.isChanged()) {
      return false;
    }
    kinds[kind(span).ordinal()]++;
    replaced += !isNew && span.values() != Span.STORED ? 1 : 0;
    copied += isNew && span.values() == Span.STORED ? 1 : 0;
    updated += span.update() != Span.STORED ? 1 : 0;
    return true;
  }

  /** What is to be done about a version that {@link #note} has counted. */
  static Kind kind(Span span) {
    return span.isRemoved() ? Kind.REMOVED : span.stored() == null ? Kind.NEW : Kind.MOVED;
  }

  int of(Kind kind) {
    return kinds[kind.ordinal()];
  }

  /** Stored versions that get the values of another change. */
  int replaced() {
    return replaced;
  }

  /** Versions that take values in place. */
  int updated() {
    return updated;
  }

  /** New versions with the values of a stored one. */
  int copied() {
    return copied;
  }
}
