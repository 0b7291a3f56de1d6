// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A watch for rows of one key that come from several sources, or from several tables of one: in
 * their common table each overwrites the other. It remembers a bounded number of keys of such
 * tables, and says once for each table what it has seen. Used by the task thread only.
 */
final class KeyClashes {
  private static final int MAX_KEYS = 10_000;

  private final SourceRelation relation;
  private final Consumer<String> warnings;
  private final Map<TableId, Map<RowKey, Feed>> keys = new HashMap<>();
  private final Set<TableId> told = new HashSet<>();
  private Histories known = Histories.NONE;
  private Set<TableId> alone = new HashSet<>();

  /** Where rows of a table come from; the source's table is null where not known. */
  private record Feed(SourceId source, String table) {
    @Override
    public String toString() {
      return table == null ? source.toString() : source + " table " + table;
    }
  }

  /**
   * @param relation how sources that feed one table are related
   * @param warnings takes what is to be said
   */
  KeyClashes(SourceRelation relation, Consumer<String> warnings) {
    this.relation = relation;
    this.warnings = warnings;
  }

  /**
   * Takes note of a row's change.
   *
   * @param now histories that tell what feeds which table
   */
  void note(RowEvent row, SourceId source, Histories now) {
    TableId table = row.table();
    if (now != known) {
      known = now;
      alone = new HashSet<>();
    }
    if (alone.contains(table) || told.contains(table)) {
      return;
    }
    if (!isShared(table, source)) {
      alone.add(table);
      return;
    }
    Feed feed = new Feed(source, TrackedStream.sourceTable(row));
    Map<RowKey, Feed> seen = keys.computeIfAbsent(table, each -> new RecentKeys());
    if (row.operation() == Operation.DELETE) {
      seen.remove(row.key(), feed);
      return;
    }
    Feed other = seen.put(row.key(), feed);
    if (other != null && !other.equals(feed)) {
      told.add(table);
      keys.remove(table);
      warnings.accept(
          ("Table %s: rows of %s and of %s have the same key, and overwrite each other. If one"
                  + " replaces the other, set source.relation to successors. Otherwise write each to"
                  + " a table of its own (table.name.format), or give both a key that tells them"
                  + " apart (a column for it at the source, and key.columns). This is said once for"
                  + " the table.")
              .formatted(table, other, feed));
    }
  }

  private boolean isShared(TableId table, SourceId source) {
    return known.sourceTables(table.toString(), source).size() > 1
        || relation != SourceRelation.SUCCESSORS
            && !known.othersFeeding(table.toString(), source).isEmpty();
  }

  /** The keys seen last. */
  private static final class RecentKeys extends LinkedHashMap<RowKey, Feed> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<RowKey, Feed> eldest) {
      return size() > MAX_KEYS;
    }
  }
}
