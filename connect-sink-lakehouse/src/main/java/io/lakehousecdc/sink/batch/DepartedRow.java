// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.StoredRowState;
import java.util.List;
import java.util.stream.Stream;

/**
 * A row that was deleted, whose values it may need under a new key.
 *
 * @param key its key until then; null where it is not known which row it was
 * @param image its values as far as the batch knows them; its cells may be null
 * @param steps creates and deletes of the key in its transaction, where it depends on what was
 *     stored under the key before whether it was this row that left; else empty
 */
record DepartedRow(RowKey key, RowImage image, List<Step> steps) {

  /** Nothing is known of the row. */
  static final DepartedRow UNKNOWN = new DepartedRow(null, null, List.of());

  /** A row that only the target has values of. */
  static DepartedRow stored(RowKey key) {
    return new DepartedRow(key, null, List.of());
  }

  /** A row whose values in the batch are its own. */
  static DepartedRow known(RowKey key, RowImage image) {
    return new DepartedRow(key, image, List.of());
  }

  /** A row that has left its key by what is stored under it and by {@code steps}. */
  static DepartedRow passed(RowKey key, RowImage image, List<Step> steps) {
    return new DepartedRow(key, image, steps);
  }

  /** Whether the target has to tell if it was this row that left. */
  boolean isPassed() {
    return !steps.isEmpty();
  }

  /** Whether rows have come to the key, and none has left it. */
  boolean onlyCame() {
    return steps.stream().noneMatch(step -> step.rows() < 0);
  }

  /** The row where the key had already taken {@code earlier} steps. */
  DepartedRow after(List<Step> earlier) {
    return new DepartedRow(key, image, Stream.concat(earlier.stream(), steps.stream()).toList());
  }

  /** The row where it is known what the key had before its steps; unknown if several were left. */
  DepartedRow settled(StoredRowState before) {
    return before.rowsAfter(steps) == 1 ? known(key, image) : UNKNOWN;
  }

  /** Whether the batch knows any values of the row. */
  boolean knowsValues() {
    return image != null && image.cells() != null;
  }

  /** Whether it leaves values unchanged that an earlier state of it may know. */
  boolean borrows() {
    return knowsValues() && image.lender() == null && CellMerge.hasUnchanged(image.cells());
  }

  /** The row with the values that it leaves unchanged, as far as an earlier state knows them. */
  DepartedRow over(DepartedRow earlier, RowSchema union) {
    if (!earlier.knowsValues()) {
      return this;
    }
    Object[] cells = CellMerge.merge(earlier.image.alignedTo(union), image.alignedTo(union));
    return new DepartedRow(key, new RowImage(union, cells, earlier.image.lender()), steps);
  }

  /** Cells of the row as it has arrived under its new key, completed with what is certain. */
  Object[] complete(RowSchema schema, Object[] arrived) {
    return isPassed() || !knowsValues()
        ? arrived
        : CellMerge.merge(image.alignedTo(schema), arrived);
  }

  /**
   * Who lends the cells that are still not known.
   *
   * @param at position of the change of the key
   */
  Lender lender(Position at) {
    if (!isPassed()) {
      boolean borrowed = image != null && image.lender() != null;
      return borrowed ? image.lender() : Lender.former(key, null, at);
    }
    return Lender.passed(key, image, at, steps);
  }
}
