// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;

/**
 * A row that was deleted, whose values it may need under a new key.
 *
 * @param key its key until then; null where it is not known which row it was
 * @param image its values as far as the batch knows them; its cells may be null
 * @param storedFirst whether a row stored before the batch outranks them: it is the one that left
 */
record DepartedRow(RowKey key, RowImage image, boolean storedFirst) {

  /** Nothing is known of the row. */
  static final DepartedRow UNKNOWN = new DepartedRow(null, null, true);

  /** A row that only the target has values of. */
  static DepartedRow stored(RowKey key) {
    return new DepartedRow(key, null, true);
  }

  /** A row whose values in the batch are its own. */
  static DepartedRow known(RowKey key, RowImage image) {
    return new DepartedRow(key, image, false);
  }

  /** A row whose values in the batch are its own unless a row was stored under the key before. */
  static DepartedRow unlessStored(RowKey key, RowImage image) {
    return new DepartedRow(key, image, true);
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
    return new DepartedRow(key, new RowImage(union, cells, earlier.image.lender()), storedFirst);
  }

  /** Cells of the row as it has arrived under its new key, completed with what is certain. */
  Object[] complete(RowSchema schema, Object[] arrived) {
    return storedFirst || image.cells() == null
        ? arrived
        : CellMerge.merge(image.alignedTo(schema), arrived);
  }

  /**
   * Who lends the cells that are still not known.
   *
   * @param at position of the change of the key
   */
  Lender lender(Position at) {
    if (!storedFirst && image.lender() != null) {
      return image.lender();
    }
    boolean lends = storedFirst && image != null && !CellMerge.hasUnchanged(image.cells());
    return Lender.former(key, lends ? image : null, at);
  }
}
