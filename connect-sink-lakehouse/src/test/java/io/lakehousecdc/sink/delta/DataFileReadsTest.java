// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a commit opens the data files that hold the rows which it changes. */
class DataFileReadsTest {
  private final CountingStore store = new CountingStore();
  private Target target;

  @TempDir Path root;

  private static final class CountingStore extends ForwardingFileIO {
    private final Map<String, Integer> opened = new TreeMap<>();

    CountingStore() {
      super(new LocalFileIO());
    }

    @Override
    public FileInput open(String location) throws IOException {
      if (location.endsWith(".parquet") && !location.contains("/_delta_log/")) {
        opened.merge(location, 1, Integer::sum);
      }
      return super.open(location);
    }
  }

  @AfterEach
  void close() {
    target.close();
  }

  @Test
  void noneIsOpenedWhereStatisticsTellThatTheChangesAreNewer() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(items().upsert(1, 1, "one", "a", 1L).upsert(1, 2, "two", "b", 2L).build());
    owner.commit(items().upsert(2, 1, "uno", "c", 3L).delete(2, 2).build());
    assertOpened();
  }

  @Test
  void noneIsOpenedForRowsThatAreNotStored() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(items().upsert(9, 1, "one", "a", 1L).build());
    owner.commit(items().create(5, 2, "two", "b", 2L).delete(5, 3).build());
    assertOpened();
  }

  @Test
  void eachIsOpenedOnceForTheOrderOfItsRows() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(items().upsert(1, 1, "one", "a", 1L).upsert(9, 2, "two", "b", 2L).build());
    owner.commit(items().upsert(1, 3, "three", "c", 3L).upsert(9, 4, "four", "d", 4L).build());
    CommitReceipt receipt =
        owner.commit(
            items()
                .upsert(5, 1, "newer", "e", 5L)
                .upsert(5, 2, "older", "f", 6L)
                .create(5, 3, "newer", "g", 7L)
                .delete(5, 4)
                .build());
    assertEquals(new CommitReceipt(2, 0, 2, 0, 0), counted(receipt));
    assertOpened(1, 1);
  }

  @Test
  void eachIsOpenedOnceForUntouchedValues() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    owner.commit(items().upsert(1, 1, "one", "a", 1L).upsert(1, 2, "two", "b", 2L).build());
    owner.commit(
        items()
            .upsert(2, 1, "uno", UNCHANGED, 3L)
            .moved(RowKey.of(2), 2, 3, "two", "c", UNCHANGED)
            .build());
    assertOpened(1);
  }

  @Test
  void eachIsOpenedTwiceAtMostWhateverTheChangesHaveToKnow() {
    severalRowsOfAKey(TableOptions.DEFAULT);
  }

  @Test
  void eachIsOpenedTwiceAtMostUnderSoftDeletes() {
    severalRowsOfAKey(Warehouse.soft());
  }

  /**
   * A transaction cut in two: what is left of a key depends on the row that its first half left.
   */
  private void severalRowsOfAKey(TableOptions options) {
    PartitionOwner owner = owner(options);
    UpsertBatchBuilder begun = new UpsertBatchBuilder(Warehouse.ITEMS);
    create(begun, 20, 5, 5L);
    create(begun, 40, 6, 6L);
    owner.commit(begun.build());
    UpsertBatchBuilder rest = new UpsertBatchBuilder(Warehouse.ITEMS);
    delete(rest, 50, 5);
    create(rest, 50, 7, UNCHANGED);
    delete(rest, 60, 6);
    assertEquals(new CommitReceipt(1, 2, 0, 1, 0), counted(owner.commit(rest.build())));
    assertOpened(2);
  }

  private static void create(UpsertBatchBuilder batch, long lsn, int id, Object quantity) {
    batch.upsert(
        Warehouse.ITEM,
        RowKey.of(id),
        new Object[] {id, "row", null, quantity},
        info(Operation.CREATE, lsn),
        TransactionVisibility.CONTINUED);
  }

  private static void delete(UpsertBatchBuilder batch, long lsn, int id) {
    batch.delete(
        Warehouse.ITEM,
        RowKey.of(id),
        null,
        info(Operation.DELETE, lsn),
        TransactionVisibility.CONTINUED);
  }

  private static ChangeInfo info(Operation operation, long lsn) {
    return new ChangeInfo(operation, new Position(0, 10, lsn), 10_000);
  }

  private PartitionOwner owner(TableOptions options) {
    target =
        DeltaFixture.open(
            store,
            root,
            options,
            new TargetContext("sink", 0),
            Map.of("delta.compaction", "false"));
    return PartitionOwner.of(target, Warehouse.P0);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  /** How often each file was opened, of those that were. */
  private void assertOpened(Integer... times) {
    assertEquals(List.of(times), List.copyOf(store.opened.values()), store.opened::toString);
  }
}
