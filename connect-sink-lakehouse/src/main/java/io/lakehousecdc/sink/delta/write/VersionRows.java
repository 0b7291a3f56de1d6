// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.write.LentRows.LentRow;
import io.lakehousecdc.sink.version.Span;
import io.lakehousecdc.sink.version.Version;
import io.lakehousecdc.sink.version.VersionPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of the versions that a batch writes. What no change tells of a row comes from a stored
 * one; where its values are not held, the row is completed while it is written. For one batch; not
 * thread-safe.
 */
final class VersionRows {
  private final TableShape shape;
  private final BatchMapping mapping;
  private final Outlines outlines;
  private final VersionPlanner planner;
  private final KeyHistories histories;
  private final int[] everywhere;
  private final List<NewRow> rows = new ArrayList<>();
  private final List<LentRow> lent = new ArrayList<>();

  /**
   * @param planner knows the changes as they are applied
   */
  VersionRows(
      TableShape shape,
      BatchMapping mapping,
      Outlines outlines,
      VersionPlanner planner,
      KeyHistories histories) {
    this.shape = shape;
    this.mapping = mapping;
    this.outlines = outlines;
    this.planner = planner;
    this.histories = histories;
    this.everywhere = IntStream.range(0, shape.size()).toArray();
  }

  /**
   * Adds a version.
   *
   * @param change any change of its key
   * @param span what it consists of
   * @param version what is to be stored of it
   */
  void add(RowChange change, Span span, Version version) {
    VersionRow source = span.source() == null ? null : histories.row(span.source());
    Object[] row;
    if (span.values() == Span.STORED) {
      row = new Object[shape.size()];
      Arrays.fill(row, BatchMapping.KEEP);
    } else {
      RowChange values = planner.change(span.values());
      VersionRow former =
          values.formerRow() == null ? null : histories.lender(values, values.formerRow());
      row = outline(span.values(), values, former);
      source = former == null ? source : former;
    }
    if (span.update() != Span.STORED) {
      outlines.update(row, span.update());
    }
    putKey(row, histories.of(change).key());
    shape.versions().orElseThrow().stamp(row, version);
    KeyBits key = version.isCurrent() ? histories.of(change).bits() : null;
    if (source != null && source.values() == null && hasGaps(row)) {
      lent.add(new LentRow(row, key, change.key(), source.place()));
    } else {
      LentRows.fill(row, source == null ? null : source.values(), everywhere);
      mapping.requireStorable(row, change.key());
      rows.add(new NewRow(row, key));
    }
  }

  private Object[] outline(int number, RowChange change, VersionRow former) {
    boolean takesLent =
        change.formerRow() != null && former == null && change.formerRow().lent() != null;
    return takesLent
        ? outlines.of(number, RowMerger.completed(change.cells(), change.formerRow().lent()))
        : outlines.of(number).clone();
  }

  private void putKey(Object[] row, Object[] key) {
    int[] places = mapping.keyPlaces();
    for (int i = 0; i < places.length; i++) {
      row[places[i]] = key[i];
    }
  }

  private static boolean hasGaps(Object[] row) {
    for (Object value : row) {
      if (value == BatchMapping.KEEP) {
        return true;
      }
    }
    return false;
  }

  /** Rows that are complete. */
  List<NewRow> complete() {
    return rows;
  }

  /** Rows that wait for values. */
  LentRows lent() {
    return lent.isEmpty()
        ? LentRows.NONE
        : new LentRows(lent, shape.columns(), everywhere, mapping);
  }
}
