// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * The key of a row: the values of its key columns, in key order. Keys are equal if their values
 * are: byte arrays by content, decimals and integers by number, so that keys stay equal when a
 * column is widened. Immutable as long as callers do not change the array.
 */
public final class RowKey {
  private final Object[] values;
  private final int hash;

  private RowKey(Object[] values) {
    this.values = values;
    this.hash = hash(values);
  }

  /**
   * A key of these values.
   *
   * @param values canonical key values; not copied, and not to be changed afterwards
   */
  public static RowKey of(Object... values) {
    return new RowKey(values);
  }

  public int size() {
    return values.length;
  }

  /** Canonical value of the key column at {@code index}; may be null in a unique index. */
  public Object value(int index) {
    return values[index];
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof RowKey that)
        || hash != that.hash
        || values.length != that.values.length) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      if (!same(values[i], that.values[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The values as text, for messages that may hold values of records. */
  public String text() {
    return Arrays.deepToString(values);
  }

  /** Without values, which may be secret: messages are made of it. */
  @Override
  public String toString() {
    return "of " + values.length + " columns";
  }

  private static boolean same(Object a, Object b) {
    if (a == null || b == null) {
      return a == b;
    }
    if (a instanceof byte[] x && b instanceof byte[] y) {
      return Arrays.equals(x, y);
    }
    if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      return x.compareTo(y) == 0;
    }
    if (a.getClass() != b.getClass() && isInteger(a) && isInteger(b)) {
      return ((Number) a).longValue() == ((Number) b).longValue();
    }
    return a.equals(b);
  }

  private static int hash(Object[] values) {
    int result = 1;
    for (Object value : values) {
      int one;
      if (value instanceof byte[] bytes) {
        one = Arrays.hashCode(bytes);
      } else if (value instanceof BigDecimal number) {
        one = Double.hashCode(number.doubleValue());
      } else if (isInteger(value)) {
        one = Long.hashCode(((Number) value).longValue());
      } else {
        one = value == null ? 0 : value.hashCode();
      }
      result = 31 * result + one;
    }
    return result;
  }

  private static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Integer || value instanceof Short;
  }
}
