// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.at;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random changes of few keys, in the order of the source, and when each key that is left was first
 * and last seen. Immutable.
 */
final class SeenModel {
  private static final int CHANGES = 60;
  private static final int KEYS = 4;

  private final List<Change> changes;
  private final Map<Integer, Seen> seen = new TreeMap<>();

  /** A change of a key; a transaction of its own. */
  private record Change(int key, ChangeInfo info) {}

  private record Seen(long first, long last) {}

  private SeenModel(List<Change> changes, DeleteMode deletes) {
    this.changes = changes;
    for (Change change : changes) {
      long micros = change.info.commitMicros();
      if (change.info.operation() == Operation.DELETE && deletes == DeleteMode.HARD) {
        seen.remove(change.key);
      } else {
        seen.merge(
            change.key,
            new Seen(micros, micros),
            (stored, next) -> new Seen(Math.min(stored.first, next.first), next.last));
      }
    }
  }

  /** Commit times mostly grow with the positions, but not always. */
  static SeenModel random(int seed, DeleteMode deletes) {
    Random random = new Random(seed);
    boolean[] live = new boolean[KEYS];
    List<Change> changes = new ArrayList<>();
    for (int lsn = 1; lsn <= CHANGES; lsn++) {
      int key = random.nextInt(KEYS);
      Operation operation =
          !live[key]
              ? Operation.CREATE
              : random.nextInt(3) == 0 ? Operation.DELETE : Operation.UPDATE;
      live[key] = operation != Operation.DELETE;
      long micros = 1_000_000 + lsn * 1_000L - random.nextInt(4_000);
      changes.add(new Change(key, new ChangeInfo(operation, at(lsn), micros)));
    }
    return new SeenModel(changes, deletes);
  }

  /** Rows that are left: key, and when it was first and last seen. */
  List<List<Object>> rows() {
    List<List<Object>> rows = new ArrayList<>();
    seen.forEach((key, times) -> rows.add(Warehouse.row(key, times.first, times.last)));
    return rows;
  }

  /** The changes as batches of one to {@code longest} of them, merged as the sink does it. */
  List<TableBatch> cut(TableId table, Random random, int longest) {
    List<TableBatch> batches = new ArrayList<>();
    int from = 0;
    while (from < changes.size()) {
      int to = Math.min(changes.size(), from + 1 + random.nextInt(longest));
      UpsertBatchBuilder builder = new UpsertBatchBuilder(table);
      changes.subList(from, to).forEach(change -> add(change, builder));
      batches.add(builder.build());
      from = to;
    }
    return Collections.unmodifiableList(batches);
  }

  private static void add(Change change, UpsertBatchBuilder builder) {
    RowKey key = RowKey.of(change.key);
    Object[] cells = {change.key, "name", "note", 1L};
    TransactionVisibility visibility = TransactionVisibility.FROM_START;
    if (change.info.operation() == Operation.DELETE) {
      builder.delete(Warehouse.ITEM, key, cells, change.info, visibility);
    } else {
      builder.upsert(Warehouse.ITEM, key, cells, change.info, visibility);
    }
  }
}
