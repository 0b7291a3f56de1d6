// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import io.lakehousecdc.order.SourceId;
import java.util.HashMap;
import java.util.Map;

/** The last truncates of a table. Identity matters: one instance for a topic and table. */
final class TableMemory {
  private final Map<SourceId, Stamp> truncates = new HashMap<>();
  private int generation;

  /** What was remembered of keys in an earlier generation is void. */
  int generation() {
    return generation;
  }

  /** The highest truncate by that source, or null. */
  Stamp truncate(SourceId source) {
    return truncates.get(source);
  }

  /** Voids what is remembered of the table's keys. */
  void forgetKeys() {
    generation++;
  }

  /**
   * Notes a truncate. The sink may have emptied the whole table, so all keys are void; below it,
   * however, are only changes of its own source.
   */
  void truncated(Stamp stamp) {
    forgetKeys();
    truncates.merge(stamp.source(), stamp, (last, next) -> next.isSupersededBy(last) ? last : next);
  }
}
