// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A random history of a table, and the topic partition that results if its source sometimes crashes
 * and emits a suffix again: interleaved transactions, deletes with tombstones, truncates, and a
 * move to a cluster whose LSNs start over.
 */
final class SourceLog {
  private static final int KEYS = 6;
  private static final long FIRST_COMMIT_MS = 1_800_000_000_000L;

  /**
   * One entry of the topic.
   *
   * @param order place of the change in the true history; re-emissions repeat it
   * @param key null for a truncate
   * @param value null for a delete, tombstone or truncate
   */
  record Entry(int order, DebeziumEvent event, Long key, Row value) {
    boolean isTruncate() {
      return key == null;
    }
  }

  /** A row beside its key; a null note is one that the update did not touch, as with TOAST. */
  record Row(String note, int version) {
    Row over(Row stored) {
      return note != null || stored == null ? this : new Row(stored.note, version);
    }
  }

  private final Random random;
  private final DebeziumTable table;
  private final long firstKey;
  private final List<Entry> entries = new ArrayList<>();
  private final TreeMap<Long, Row> rows = new TreeMap<>();
  private int order;
  private long commitMs = FIRST_COMMIT_MS;

  private SourceLog(long seed, DebeziumTable table, long firstKey) {
    this.random = new Random(seed);
    this.table = table;
    this.firstKey = firstKey;
  }

  static SourceLog random(long seed, DebeziumTable table) {
    return random(seed, table, 0);
  }

  /** Of a shard, whose keys are not below {@code firstKey}. */
  static SourceLog random(long seed, DebeziumTable table, long firstKey) {
    SourceLog log = new SourceLog(seed, table, firstKey);
    log.emit(log.cluster(50_000, 30));
    log.emit(log.cluster(1_000, 30));
    return log;
  }

  /** What the topic partition holds, by offset. */
  List<Entry> entries() {
    return Collections.unmodifiableList(entries);
  }

  /** The table at the end. */
  TreeMap<Long, Row> rows() {
    return rows;
  }

  /** Appends a cluster's changes; at each of them the source may crash and go back. */
  private void emit(List<Entry> changes) {
    int next = 0;
    while (next < changes.size()) {
      entries.add(changes.get(next++));
      if (random.nextInt(20) == 0) {
        next = Math.max(0, next - 1 - random.nextInt(15));
      }
    }
  }

  private List<Entry> cluster(long firstLsn, int transactions) {
    List<Entry> changes = new ArrayList<>();
    long commitLsn = firstLsn;
    for (int transaction = 0; transaction < transactions; transaction++) {
      commitMs += 1 + random.nextInt(5);
      // A transaction that began before others committed has lower LSNs than theirs.
      long lsn = commitLsn - random.nextInt(200);
      int statements = 1 + random.nextInt(4);
      for (int statement = 0; statement < statements; statement++) {
        lsn += random.nextInt(30);
        change(changes, commitLsn, lsn);
        lsn++;
      }
      commitLsn = Math.max(commitLsn, lsn) + 50;
    }
    return changes;
  }

  private void change(List<Entry> changes, long commitLsn, long lsn) {
    int dice = random.nextInt(30);
    long key = firstKey + random.nextInt(KEYS);
    order++;
    if (dice == 0) {
      rows.clear();
      changes.add(new Entry(order, table.truncate(commitLsn, lsn).tsMs(commitMs), null, null));
    } else if (dice < 10 && rows.remove(key) != null) {
      changes.add(new Entry(order, table.delete(commitLsn, lsn, key).tsMs(commitMs), key, null));
      changes.add(new Entry(order, table.tombstone(key), key, null));
    } else {
      boolean untouched = rows.containsKey(key) && random.nextInt(3) > 0;
      Row value = new Row(untouched ? null : "note " + order, order);
      rows.put(key, value.over(rows.get(key)));
      Object note = untouched ? DebeziumRecords.UNCHANGED : value.note();
      DebeziumEvent event = table.update(commitLsn, lsn, key, note, order).tsMs(commitMs);
      changes.add(new Entry(order, event, key, value));
    }
  }
}
