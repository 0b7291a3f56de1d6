// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random transactions that insert, change, delete and above all move rows from key to key, and
 * leave a TOAST value unchanged where they can: whatever the cut into commits, the target has the
 * rows of the source, with their values.
 */
class MovingRowsTest implements Warehouse {
  private static final int SEEDS = Integer.getInteger("lakehousecdc.seeds", 2_000);
  private static final int KEYS = 6;

  private MemoryWarehouse warehouse = new MemoryWarehouse();

  @Override
  public Target open(TableOptions options, TargetContext context) {
    return new InMemoryTarget(warehouse, options, context);
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return warehouse.rows(table, TableOptions.MetadataColumns.DEFAULT);
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return List.of();
  }

  static Stream<TableOptions> modes() {
    return Stream.of(
        TableOptions.DEFAULT,
        Warehouse.soft(),
        TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void rowsKeepTheirValuesWhereverTheyMove(TableOptions options) {
    for (int seed = 0; seed < SEEDS; seed++) {
      warehouse = new MemoryWarehouse();
      Source source = new Source(new Random(seed));
      List<Event> events = source.events(3 + seed % 12);
      TableId table = new TableId("shop", "rows_" + seed);
      PartitionOwner owner = owner(options);
      Random cuts = new Random(-seed);
      long begun = 0;
      for (int i = 0; i < events.size(); ) {
        BatchBuilder builder =
            options.history().isPresent()
                ? new HistoryBatchBuilder(table)
                : new UpsertBatchBuilder(table);
        boolean continues = begun == events.get(i).transaction;
        long first = events.get(i).transaction;
        int end = Math.min(events.size(), i + 1 + cuts.nextInt(seed % 4 == 0 ? 3 : 20));
        for (; i < end; i++) {
          boolean continued = continues && events.get(i).transaction == first;
          events
              .get(i)
              .addTo(
                  builder,
                  continued ? TransactionVisibility.CONTINUED : TransactionVisibility.FROM_START);
        }
        begun = events.get(end - 1).transaction;
        owner.commit(builder.build());
      }
      assertThat(live(table)).as("seed %d, %s", seed, events).isEqualTo(source.rows);
    }
  }

  private Map<Integer, String> live(TableId table) {
    Map<Integer, String> live = new TreeMap<>();
    for (Map<String, Object> row : rows(table)) {
      boolean gone =
          Boolean.TRUE.equals(row.get("_cdc_deleted"))
              || Boolean.FALSE.equals(row.get("is_current"));
      if (!gone) {
        live.put((Integer) row.get("id"), (String) row.get("note"));
      }
    }
    return live;
  }

  /** A change; one that moves a row is a delete and a create. */
  private record Event(
      Operation operation, long transaction, long lsn, int from, int to, Object note) {
    void addTo(BatchBuilder builder, TransactionVisibility visibility) {
      if (from != 0) {
        builder.delete(ITEM, RowKey.of(from), null, info(Operation.DELETE), visibility);
      }
      if (to != 0) {
        Object[] cells = {to, "name", note, lsn};
        builder.upsert(ITEM, RowKey.of(to), cells, info(operation), visibility);
      }
    }

    private ChangeInfo info(Operation as) {
      return new ChangeInfo(as, new Position(0, transaction, lsn), transaction * 1_000_000);
    }
  }

  /** A table whose keys are checked at once: a row moves to a free key only. */
  private static final class Source {
    private final Random random;
    private final Map<Integer, String> rows = new TreeMap<>();
    private long lsn = 8;

    Source(Random random) {
      this.random = random;
    }

    List<Event> events(int transactions) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < transactions; i++) {
        lsn += 8;
        long transaction = lsn;
        for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
          lsn += 8;
          events.add(event(transaction));
        }
      }
      return events;
    }

    private Event event(long transaction) {
      int key = 1 + random.nextInt(KEYS);
      String note = rows.get(key);
      if (note == null) {
        rows.put(key, "note " + lsn);
        return new Event(Operation.CREATE, transaction, lsn, 0, key, rows.get(key));
      }
      int to = 1 + random.nextInt(KEYS);
      if (to == key) {
        rows.remove(key);
        return new Event(Operation.DELETE, transaction, lsn, key, 0, null);
      }
      if (rows.containsKey(to)) {
        boolean changes = random.nextBoolean();
        rows.put(key, changes ? "note " + lsn : note);
        Object cell = changes ? rows.get(key) : Cell.UNCHANGED;
        return new Event(Operation.UPDATE, transaction, lsn, 0, key, cell);
      }
      rows.remove(key);
      rows.put(to, note);
      return new Event(Operation.CREATE, transaction, lsn, key, to, Cell.UNCHANGED);
    }
  }
}
