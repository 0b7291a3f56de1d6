// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.TableId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The columns whose changes make a version of a row ({@code history.columns} and {@code
 * history.columns.exclude}). Others are updated in place. Immutable.
 *
 * @param only for tables by name in the target: no other columns make versions
 * @param without for tables by name in the target: these columns make none
 */
public record TrackedColumns(Map<String, Set<String>> only, Map<String, Set<String>> without) {

  /** All columns of all tables. */
  public static final TrackedColumns ALL = new TrackedColumns(Map.of(), Map.of());

  public TrackedColumns {
    only = Map.copyOf(only);
    without = Map.copyOf(without);
  }

  /** Whether a change of the column makes a version; the key's columns never change. */
  public boolean includes(TableId table, String column) {
    Set<String> named = only.get(table.toString());
    Set<String> left = without.getOrDefault(table.toString(), Set.of());
    return (named == null || named.contains(column)) && !left.contains(column);
  }

  /** The columns of a table that are named in either setting. */
  public Set<String> named(TableId table) {
    Set<String> named = new LinkedHashSet<>(only.getOrDefault(table.toString(), Set.of()));
    named.addAll(without.getOrDefault(table.toString(), Set.of()));
    return named;
  }

  /** Tables that are named in both settings. */
  public Set<String> namedTwice() {
    Set<String> both = new LinkedHashSet<>(only.keySet());
    both.retainAll(without.keySet());
    return both;
  }
}
