// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.sink.change.Cell;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** The comparison of canonical values. Stateless. */
public final class SameCells {
  private SameCells() {}

  /**
   * Whether a change leaves the cells as they are.
   *
   * @param columns indexes of the cells to compare
   * @param later cells of the change; those it does not know are as they were
   */
  public static boolean isSame(int[] columns, Object[] earlier, Object[] later) {
    for (int column : columns) {
      if (Cell.isKnown(later[column]) && !isSame(earlier[column], later[column])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(Object earlier, Object later) {
    if (earlier instanceof byte[] a && later instanceof byte[] b) {
      return Arrays.equals(a, b);
    }
    if (earlier instanceof BigDecimal a && later instanceof BigDecimal b) {
      return a.compareTo(b) == 0;
    }
    if (earlier instanceof List<?> a && later instanceof List<?> b) {
      return isSame(a, b);
    }
    return Objects.equals(earlier, later);
  }

  private static boolean isSame(List<?> earlier, List<?> later) {
    if (earlier.size() != later.size()) {
      return false;
    }
    Iterator<?> others = later.iterator();
    for (Object each : earlier) {
      if (!isSame(each, others.next())) {
        return false;
      }
    }
    return true;
  }
}
