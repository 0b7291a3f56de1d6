// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The order of tables in which rows can be written without offending foreign keys. */
public final class TableOrder {
  private TableOrder() {}

  /**
   * Parents before children, else by name, so that all tasks lock tables in the same order. Tables
   * that refer to each other in a circle stand by name.
   */
  public static <T> List<T> parentsFirst(List<T> items, Function<T, PgTable> tableOf) {
    List<T> byName = new ArrayList<>(items);
    byName.sort(Comparator.comparing(item -> tableOf.apply(item).sql()));
    Map<Integer, T> byOid = new HashMap<>();
    byName.forEach(item -> byOid.put(tableOf.apply(item).oid(), item));
    List<T> ordered = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    byName.forEach(item -> visit(tableOf.apply(item), byOid, tableOf, seen, ordered));
    return ordered;
  }

  private static <T> void visit(
      PgTable table,
      Map<Integer, T> byOid,
      Function<T, PgTable> tableOf,
      Set<Integer> seen,
      List<T> ordered) {
    if (!seen.add(table.oid())) {
      return;
    }
    for (int parent : table.parents().stream().sorted().toList()) {
      T item = byOid.get(parent);
      if (item != null) {
        visit(tableOf.apply(item), byOid, tableOf, seen, ordered);
      }
    }
    ordered.add(byOid.get(table.oid()));
  }
}
