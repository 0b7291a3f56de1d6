// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.postgres.sql.StagingTable;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The staging tables that a session has, least recently used first, up to a number: every commit
 * empties each of them, used or not, which takes its time, while creating and dropping one changes
 * the catalogue, which is to be rare. So only a transaction that had to create some drops others,
 * and none that it used itself. Follows the transaction: what it created vanishes with a rollback,
 * what it dropped comes back. Not thread-safe.
 */
final class StagingTables {
  private final int limit;
  private final Map<Integer, StagingTable> tables = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Integer> used = new HashSet<>();
  private final Map<Integer, StagingTable> dropped = new LinkedHashMap<>();
  private final Set<Integer> created = new HashSet<>();
  private final Set<Integer> roomy = new HashSet<>();
  private final Set<Integer> madeRoomy = new HashSet<>();

  StagingTables(int limit) {
    this.limit = limit;
  }

  /** Notes a use; false where the table is to be created, which is taken for done. */
  boolean use(StagingTable table) {
    used.add(table.number());
    if (tables.get(table.number()) != null) {
      return true;
    }
    tables.put(table.number(), table);
    created.add(table.number());
    return false;
  }

  /** Whether a table holds rows of any length. */
  boolean isRoomy(StagingTable table) {
    return roomy.contains(table.number());
  }

  /** Notes that a table has been made to hold rows of any length. */
  void madeRoomy(StagingTable table) {
    roomy.add(table.number());
    madeRoomy.add(table.number());
  }

  /**
   * Statement for the end of the transaction that drops what exceeds the limit, which is taken for
   * done; empty for nothing.
   */
  String dropExcess() {
    StringJoiner names = new StringJoiner(", ", "DROP TABLE IF EXISTS ", "").setEmptyValue("");
    Iterator<StagingTable> oldest = tables.values().iterator();
    int surplus = created.isEmpty() ? 0 : tables.size() - limit;
    for (int excess = surplus; excess > 0 && oldest.hasNext(); ) {
      StagingTable table = oldest.next();
      if (!used.contains(table.number())) {
        names.add(table.sql()).add(table.imageSql());
        dropped.put(table.number(), table);
        oldest.remove();
        excess--;
      }
    }
    return names.toString();
  }

  int size() {
    return tables.size();
  }

  void committed() {
    used.clear();
    created.clear();
    dropped.clear();
    madeRoomy.clear();
  }

  void rolledBack() {
    created.forEach(tables::remove);
    dropped.forEach(tables::put);
    roomy.removeAll(madeRoomy);
    committed();
  }
}
