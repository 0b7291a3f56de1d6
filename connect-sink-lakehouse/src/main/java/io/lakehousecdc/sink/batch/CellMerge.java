// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.Cell;

/** Merges two changes of one row cell by cell. Stateless. */
public final class CellMerge {
  private CellMerge() {}

  /** Whether a change leaves an out-of-line (TOAST) value unchanged. */
  public static boolean hasUnchanged(Object[] cells) {
    for (Object cell : cells) {
      if (cell == Cell.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@code later} with its unknown cells taken from {@code earlier}; {@code later} itself where
   * nothing has to be taken.
   */
  static Object[] merge(Object[] earlier, Object[] later) {
    Object[] merged = null;
    for (int i = 0; i < later.length; i++) {
      if (!Cell.isKnown(later[i]) && earlier[i] != Cell.ABSENT) {
        if (merged == null) {
          merged = later.clone();
        }
        merged[i] = earlier[i];
      }
    }
    return merged == null ? later : merged;
  }
}
