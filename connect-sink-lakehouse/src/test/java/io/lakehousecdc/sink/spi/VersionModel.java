// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A model of slowly changing dimensions: random transactions of few keys of {@link Warehouse#ITEM},
 * the versions that they make, and the ways in which they may arrive. The column {@code note} is
 * one whose values the source leaves out where they are unchanged. Immutable once made.
 */
public final class VersionModel {
  private static final int KEYS = 5;

  private final List<Event> events = new ArrayList<>();
  private final Map<Integer, List<Row>> versions = new TreeMap<>();

  /**
   * An event of the source.
   *
   * @param key 0 for a truncate
   * @param cells null for a delete or a truncate
   */
  private record Event(int key, Object[] cells, ChangeInfo info) {
    int partition() {
      return key % 2;
    }
  }

  /** A version; {@code to} is null for the current one. */
  private record Row(int key, Object name, Object note, Object qty, long from, Long to) {}

  /** What transactions may do, and in which order their changes may come. */
  public enum Kind {
    /** Everything; each key's changes come in order. */
    ORDERED,
    /** Inserts and updates that all change something; those of a key come in any order. */
    SHUFFLED
  }

  /**
   * Random transactions. Of every other seed there are truncates; of the others commit times mostly
   * grow with the positions, but not always.
   */
  public static VersionModel random(int seed, Kind kind, int transactions) {
    VersionModel model = new VersionModel();
    Random random = new Random(seed);
    boolean truncates = kind == Kind.ORDERED && seed % 2 == 0;
    Map<Integer, Object[]> rows = new TreeMap<>();
    long lsn = 100;
    long clock = 1_000_000;
    for (int i = 0; i < transactions; i++) {
      long before = lsn;
      clock += random.nextInt(3) == 0 ? 0 : 1_000 + random.nextInt(1_000);
      long micros = !truncates && random.nextInt(10) == 0 ? clock - 1_500 : clock;
      Map<Integer, Object[]> old = new TreeMap<>(rows);
      Map<Integer, Operation> last = new TreeMap<>();
      int changes = 1 + random.nextInt(4);
      if (truncates && random.nextInt(12) == 0) {
        changes = 0;
        model.add(0, null, Operation.TRUNCATE, before, ++lsn, micros);
        rows.clear();
      }
      for (int j = 0; j < changes; j++) {
        int key = 1 + random.nextInt(KEYS);
        lsn += 1 + random.nextInt(3);
        Object[] row = rows.get(key);
        Object name = "n" + lsn;
        if (row == null) {
          rows.put(key, new Object[] {key, name, "note" + lsn, lsn});
          model.add(key, rows.get(key), Operation.CREATE, before, lsn, micros);
          last.put(key, Operation.CREATE);
        } else if (kind == Kind.ORDERED && random.nextInt(4) == 0) {
          rows.remove(key);
          model.add(key, null, Operation.DELETE, before, lsn, micros);
          last.put(key, Operation.DELETE);
        } else {
          boolean same = kind == Kind.ORDERED && random.nextInt(4) == 0;
          boolean touches = kind == Kind.SHUFFLED || random.nextBoolean();
          Object note = same || !touches ? row[2] : "note" + lsn;
          rows.put(key, same ? row : new Object[] {key, name, note, lsn});
          Object[] sent = rows.get(key).clone();
          sent[2] = same || !touches ? Cell.UNCHANGED : note;
          model.add(key, sent, Operation.UPDATE, before, lsn, micros);
          last.put(key, Operation.UPDATE);
        }
      }
      for (int key = 1; key <= KEYS; key++) {
        model.commit(key, old.get(key), rows.get(key), last.get(key), micros);
      }
    }
    return model;
  }

  private void add(
      int key, Object[] cells, Operation operation, long commitLsn, long lsn, long micros) {
    Position at = new Position(0, commitLsn, lsn);
    events.add(new Event(key, cells, new ChangeInfo(operation, at, micros)));
  }

  /** What a transaction makes of a key. */
  private void commit(int key, Object[] old, Object[] row, Operation last, long micros) {
    List<Row> of = versions.computeIfAbsent(key, each -> new ArrayList<>());
    boolean isSame = old == null ? row == null : row != null && Arrays.equals(old, row);
    if (isSame && last != Operation.CREATE || old == null && row == null) {
      return;
    }
    Row before = of.isEmpty() ? null : of.get(of.size() - 1);
    long from =
        before == null
            ? micros
            : Math.max(micros, Objects.requireNonNullElse(before.to, before.from));
    if (old != null) {
      of.set(of.size() - 1, new Row(key, before.name, before.note, before.qty, before.from, from));
    }
    if (row != null) {
      of.add(new Row(key, row[1], row[2], row[3], from, null));
    }
  }

  /** The versions: key, values, since and until when they are valid, whether they are current. */
  public List<List<Object>> rows() {
    List<List<Object>> rows = new ArrayList<>();
    versions
        .values()
        .forEach(
            of ->
                of.forEach(
                    row ->
                        rows.add(
                            Warehouse.row(
                                row.key,
                                row.name,
                                row.note,
                                row.qty,
                                row.from,
                                row.to,
                                row.to == null))));
    return rows;
  }

  /** The events as batches: two partitions, each in order, cut and interleaved at random. */
  public List<TableBatch> interleaved(TableId table, Random random) {
    List<List<Event>> partitions = List.of(new ArrayList<>(), new ArrayList<>());
    events.forEach(event -> partitions.get(event.partition()).add(event));
    List<Event> order = new ArrayList<>();
    int[] next = new int[2];
    while (order.size() < events.size()) {
      int from = random.nextInt(2);
      int count = 1 + random.nextInt(6);
      List<Event> partition = partitions.get(from);
      int to = Math.min(partition.size(), next[from] + count);
      order.addAll(partition.subList(next[from], to));
      next[from] = to;
    }
    return cut(table, order, random);
  }

  /** The events as batches, in any order: as if each could come from a partition of its own. */
  public List<TableBatch> shuffled(TableId table, Random random) {
    List<Event> order = new ArrayList<>(events);
    Collections.shuffle(order, random);
    return cut(table, order, random);
  }

  private static List<TableBatch> cut(TableId table, List<Event> order, Random random) {
    List<TableBatch> batches = new ArrayList<>();
    int from = 0;
    while (from < order.size()) {
      int to = Math.min(order.size(), from + 1 + random.nextInt(8));
      HistoryBatchBuilder builder = new HistoryBatchBuilder(table);
      order.subList(from, to).forEach(event -> add(event, builder));
      batches.add(builder.build());
      from = to;
    }
    return batches;
  }

  private static void add(Event event, HistoryBatchBuilder builder) {
    RowKey key = RowKey.of(event.key);
    ChangeInfo info = event.info;
    switch (info.operation()) {
      case TRUNCATE ->
          builder.truncate(
              new Floor(
                  info.position(),
                  Floor.Cause.TRUNCATE,
                  Set.of(),
                  Set.of(),
                  Long.MAX_VALUE,
                  info.commitMicros()));
      case DELETE -> builder.delete(Warehouse.ITEM, key, null, info, TransactionVisibility.NONE);
      default ->
          builder.upsert(
              Warehouse.ITEM, key, event.cells.clone(), info, TransactionVisibility.NONE);
    }
  }
}
