// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.KeyEvent;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.RowMode;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random transactions that insert, change, delete and above all move rows from key to key, and
 * leave a TOAST value unchanged where they can: whatever the cut into commits, the target has the
 * rows of the source, with their values.
 */
class MovingRowsTest implements Warehouse {
  private static final int SEEDS = Integer.getInteger("lakehousecdc.seeds", 2_000);
  private static final int KEYS = 6;
  private static final String NAME = "name";

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

  @ParameterizedTest
  @EnumSource
  void rowsKeepTheirValuesWhereverTheyMove(RowMode mode) {
    for (int seed = 0; seed < SEEDS; seed++) {
      warehouse = new MemoryWarehouse();
      Source source = new Source(new Random(seed));
      List<KeyEvent> events = source.events(3 + seed % 12);
      TableId table = mode.table("rows_" + seed);
      PartitionOwner owner = owner(mode.options());
      Random cuts = new Random(-seed);
      long begun = 0;
      for (int i = 0; i < events.size(); ) {
        BatchBuilder builder = mode.builder(table);
        boolean continues = begun == events.get(i).transaction();
        long first = events.get(i).transaction();
        int end = Math.min(events.size(), i + 1 + cuts.nextInt(seed % 4 == 0 ? 3 : 20));
        for (; i < end; i++) {
          boolean continued = continues && events.get(i).transaction() == first;
          events
              .get(i)
              .addTo(
                  builder,
                  Delivery.IN_ORDER,
                  continued ? TransactionVisibility.CONTINUED : TransactionVisibility.FROM_START);
        }
        begun = events.get(end - 1).transaction();
        owner.commit(builder.build());
      }
      assertThat(live(table, mode)).as("seed %d, %s", seed, events).isEqualTo(source.rows);
    }
  }

  private Map<Integer, String> live(TableId table, RowMode mode) {
    Map<Integer, String> live = new TreeMap<>();
    rows(table).stream()
        .filter(mode::isLive)
        .forEach(row -> live.put((Integer) row.get("id"), (String) row.get("note")));
    return live;
  }

  /** A table whose keys are checked at once: a row moves to a free key only. */
  private static final class Source {
    private final Random random;
    private final Map<Integer, String> rows = new TreeMap<>();
    private long lsn = 8;

    Source(Random random) {
      this.random = random;
    }

    List<KeyEvent> events(int transactions) {
      List<KeyEvent> events = new ArrayList<>();
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

    private KeyEvent event(long transaction) {
      int key = 1 + random.nextInt(KEYS);
      String note = rows.get(key);
      if (note == null) {
        rows.put(key, "note " + lsn);
        return new KeyEvent(Operation.CREATE, transaction, lsn, 0, key, NAME, rows.get(key));
      }
      int to = 1 + random.nextInt(KEYS);
      if (to == key) {
        rows.remove(key);
        return KeyEvent.delete(transaction, lsn, key);
      }
      if (rows.containsKey(to)) {
        boolean changes = random.nextBoolean();
        rows.put(key, changes ? "note " + lsn : note);
        Object cell = changes ? rows.get(key) : Cell.UNCHANGED;
        return KeyEvent.update(transaction, lsn, key, NAME, cell);
      }
      rows.remove(key);
      rows.put(to, note);
      return KeyEvent.move(transaction, lsn, key, to, NAME);
    }
  }
}
