// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * An order of rows by their keys, the same in every task: so tasks that write the same rows lock
 * them in the same order, and the key's index is walked from one end to the other. It need not be
 * the order of the index, which depends on collations.
 */
final class KeyOrder implements Comparator<RowKey> {
  private static final KeyOrder KEYS = new KeyOrder();

  private KeyOrder() {}

  /** The changes, put in order; a new list. */
  static List<RowChange> sorted(List<RowChange> changes) {
    Ranked[] ranked = new Ranked[changes.size()];
    for (int i = 0; i < ranked.length; i++) {
      ranked[i] = ranked(changes.get(i));
    }
    Arrays.sort(ranked);
    List<RowChange> sorted = new ArrayList<>(ranked.length);
    for (Ranked each : ranked) {
      sorted.add(each.change());
    }
    return sorted;
  }

  /** Most keys begin with an integer: it is at hand where the objects of a key are far apart. */
  private record Ranked(long rank, RowChange change) implements Comparable<Ranked> {
    @Override
    public int compareTo(Ranked other) {
      int order = Long.compare(rank, other.rank);
      return order != 0 ? order : KEYS.compare(change.key(), other.change.key());
    }
  }

  private static Ranked ranked(RowChange change) {
    Object first = change.key().size() == 0 ? null : change.key().value(0);
    boolean integer = first instanceof Long || first instanceof Integer || first instanceof Short;
    return new Ranked(integer ? ((Number) first).longValue() : 0, change);
  }

  @Override
  public int compare(RowKey one, RowKey other) {
    int order = 0;
    for (int i = 0; order == 0 && i < one.size(); i++) {
      order = compareValues(one.value(i), other.value(i));
    }
    return order;
  }

  @SuppressWarnings("unchecked") // Canonical values of a class compare among themselves.
  private static int compareValues(Object one, Object other) {
    if (one == null || other == null) {
      return Boolean.compare(one != null, other != null);
    }
    if (one.getClass() != other.getClass()) {
      return one.getClass().getName().compareTo(other.getClass().getName());
    }
    if (one instanceof byte[] bytes) {
      return Arrays.compareUnsigned(bytes, (byte[]) other);
    }
    return one instanceof Comparable<?>
        ? ((Comparable<Object>) one).compareTo(other)
        : one.toString().compareTo(other.toString());
  }
}
