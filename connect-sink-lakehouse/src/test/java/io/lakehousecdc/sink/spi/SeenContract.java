// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.at;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The columns that tell when a key was first and last seen, see {@link FirstSeen}. */
interface SeenContract extends Warehouse {

  @Test
  default void firstSeenIsKeptOverUpdatesAndLastSeenFollows() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).create(11, 2, "b", "b", 2L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(20, 1, "uno", Cell.UNCHANGED, 1L)
            .upsert(21, 3, "c", "c", 3L)
            .build());
    owner.commit(batch(ITEMS, ITEM).upsert(30, 1, "eins", "z", Cell.ABSENT).build());
    assertThatSeen(row(1, 10_000L, 30_000L), row(2, 11_000L, 11_000L), row(3, 21_000L, 21_000L));
    assertThatRows(ITEMS, "id", "note").areExactly(row(1, "z"), row(2, "b"), row(3, "c"));
  }

  /** A snapshot reads rows at its position, whether they have changed or not. */
  @Test
  default void laterSnapshotKeepsFirstSeenAndIsTheLastSeen() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(upsertOf(new ChangeInfo(Operation.CREATE, at(10), 10_000)));
    owner.commit(upsertOf(new ChangeInfo(Operation.READ, at(50), 50_000)));
    assertThatSeen(row(1, 10_000L, 50_000L));
    owner.commit(upsertOf(new ChangeInfo(Operation.READ, at(40), 40_000)));
    assertThatSeen(row(1, 10_000L, 50_000L));
  }

  @Test
  default void microsecondsAreKept() {
    long micros = 1_764_201_600_123_457L;
    ChangeInfo info = new ChangeInfo(Operation.CREATE, at(10), micros);
    owner(seen(DeleteMode.HARD)).commit(upsertOf(info));
    assertThatSeen(row(1, micros, micros));
  }

  @Test
  default void skippedChangesAreNotSeen() {
    PartitionOwner owner = owner(seen(DeleteMode.SOFT));
    owner.commit(batch(ITEMS, ITEM).create(20, 1, "one", "a", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(10, 1, "older", "a", 1L).build());
    owner.commit(batch(ITEMS, ITEM).delete(15, 1).build());
    assertThatSeen(row(1, 20_000L, 20_000L));
  }

  /** Of a source whose clock was set back: the order of positions tells which one is the newest. */
  @Test
  default void newestChangeIsTheLastSeenWhateverItsTime() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(upsertOf(new ChangeInfo(Operation.CREATE, at(10), 5_000)));
    owner.commit(upsertOf(new ChangeInfo(Operation.UPDATE, at(20), 3_000)));
    assertThatSeen(row(1, 3_000L, 3_000L));
  }

  @Test
  default void unknownTimesAreNull() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(upsertOf(new ChangeInfo(Operation.CREATE, at(10), 0)));
    assertThatSeen(row(1, null, null));
    owner.commit(upsertOf(new ChangeInfo(Operation.UPDATE, at(20), 20_000)));
    owner.commit(upsertOf(new ChangeInfo(Operation.UPDATE, at(30), 0)));
    assertThatSeen(row(1, 20_000L, null));
  }

  @Test
  default void softDeletesAndReinsertsKeepFirstSeen() {
    PartitionOwner owner = owner(seen(DeleteMode.SOFT));
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).create(11, 2, "two", "b", 2L).build());
    owner.commit(batch(ITEMS, ITEM).delete(20, 1).deleteOf(21, 2, "two", "b", 2L).build());
    assertThatSeen(row(1, 10_000L, 20_000L), row(2, 11_000L, 21_000L));
    owner.commit(batch(ITEMS, ITEM).create(30, 1, "again", "a", 1L).build());
    assertThatSeen(row(1, 10_000L, 30_000L), row(2, 11_000L, 21_000L));
  }

  @Test
  default void rowThatWasRemovedIsSeenAnew() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).build());
    owner.commit(batch(ITEMS, ITEM).delete(20, 1).build());
    owner.commit(batch(ITEMS, ITEM).create(30, 1, "again", "a", 1L).build());
    assertThatSeen(row(1, 30_000L, 30_000L));
  }

  @Test
  default void truncatesAndSweepsOfSoftDeletedTablesKeepBothTimes() {
    PartitionOwner owner = owner(seen(DeleteMode.SOFT)).completed(40);
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).build());
    owner.commit(batch(ITEMS, ITEM).truncate(20).build());
    assertThatSeen(row(1, 10_000L, 10_000L));
    owner.commit(batch(ITEMS, ITEM).truncate(25).create(30, 1, "again", "a", 1L).build());
    assertThatSeen(row(1, 10_000L, 30_000L));
    owner.commit(batch(ITEMS, ITEM).sweep(P0.topic(), 40, Sweep.Mode.REMOVE).build());
    assertThatSeen(row(1, 10_000L, 30_000L));
  }

  @Test
  default void truncateAndInsertInOneCommitBeginAnewWhereRowsAreRemoved() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).build());
    owner.commit(batch(ITEMS, ITEM).truncate(20).create(30, 1, "again", "a", 1L).build());
    assertThatSeen(row(1, 30_000L, 30_000L));
  }

  @Test
  default void rowUnderANewKeyIsSeenAnew() {
    PartitionOwner owner = owner(seen(DeleteMode.HARD));
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).create(11, 3, "three", "c", 3L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .delete(20, 1)
            .moved(RowKey.of(1), 20, 2, "one", Cell.UNCHANGED, 1L)
            .upsert(21, 3, "tres", Cell.UNCHANGED, 3L)
            .build());
    assertThatSeen(row(2, 20_000L, 20_000L), row(3, 11_000L, 21_000L));
    assertThatRows(ITEMS, "id", "note").areExactly(row(2, "a"), row(3, "c"));
  }

  @Test
  default void existingTableGetsTheColumns() {
    owner(TableOptions.DEFAULT)
        .commit(
            batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).create(11, 2, "two", "b", 2L).build());
    owner(seen(DeleteMode.HARD)).commit(batch(ITEMS, ITEM).upsert(20, 1, "uno", "a", 1L).build());
    assertThatSeen(row(1, 20_000L, 20_000L), row(2, null, null));
  }

  @Test
  default void oneColumnWithoutTheOther() {
    PartitionOwner first =
        owner(seen(DeleteMode.SOFT, Optional.of("first_seen_at"), Optional.empty()));
    first.commit(batch(ITEMS, ITEM).create(10, 1, "one", "a", 1L).build());
    first.commit(batch(ITEMS, ITEM).delete(20, 1).build());
    assertThatRows(ITEMS, "id", "first_seen_at").areExactly(row(1, 10_000L));
    assertThat(rows(ITEMS).get(0)).as("columns").doesNotContainKey("last_seen_at");
    PartitionOwner last =
        owner(seen(DeleteMode.SOFT, Optional.empty(), Optional.of("last_seen_at")));
    last.commit(batch(ITEMS, ITEM).create(30, 1, "one", "a", 1L).build());
    last.commit(batch(ITEMS, ITEM).delete(40, 1).build());
    assertThatRows(ITEMS, "id", "last_seen_at").areExactly(row(1, 40_000L));
  }

  /** What is left does not depend on how changes are cut into commits, nor on replays. */
  @Test
  default void cutsAndReplaysChangeNothing() {
    for (DeleteMode deletes : List.of(DeleteMode.HARD, DeleteMode.SOFT)) {
      for (int seed = 1; seed <= 3; seed++) {
        TableId table =
            new TableId("shop", "seen_" + deletes.name().toLowerCase(Locale.ROOT) + seed);
        SeenModel model = SeenModel.random(seed, deletes);
        PartitionOwner owner = owner(seen(deletes));
        model.cut(table, new Random(seed), 4).forEach(owner::commit);
        assertThatRows(table, "id", "first_seen_at", "last_seen_at").areExactly(model.rows());
        model.cut(table, new Random(-seed), 12).forEach(owner::commit);
        assertThatRows(table, "id", "first_seen_at", "last_seen_at").areExactly(model.rows());
      }
    }
  }

  @SafeVarargs
  private void assertThatSeen(List<Object>... rows) {
    assertThatRows(ITEMS, "id", "first_seen_at", "last_seen_at").areExactly(rows);
  }

  private static TableBatch upsertOf(ChangeInfo info) {
    Object[] cells = {1, "one", "a", 1L};
    return batch(ITEMS, ITEM).change(new RowChange.Upsert(RowKey.of(1), cells, info)).build();
  }

  private static TableOptions seen(DeleteMode deletes) {
    return seen(deletes, Optional.of("first_seen_at"), Optional.of("last_seen_at"));
  }

  private static TableOptions seen(
      DeleteMode deletes, Optional<String> first, Optional<String> last) {
    MetadataColumns names = MetadataColumns.DEFAULT;
    return new TableOptions(
        WriteMode.UPSERT,
        deletes,
        Evolution.ADDITIVE,
        new MetadataColumns(
            names.op(),
            names.ts(),
            names.lsn(),
            names.commitLsn(),
            names.epoch(),
            names.deleted(),
            names.unchanged(),
            first,
            last,
            Optional.empty(),
            Optional.empty()),
        Optional.empty());
  }
}
