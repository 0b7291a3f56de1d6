// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Commits are known by their ids, and what was encoded ahead of them is used for them alone. */
class PostgresCommitIT extends PostgresFixture {
  private static final String SOURCE = "src:public.items";
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final RowSchema COLOURED =
      keyed(optional("name", Primitive.TEXT), optional("colour", Primitive.TEXT));
  private static final RowSchema COUNTED = keyed(optional("count", Primitive.INT32));

  @Test
  void anotherInstanceOfTheSameCommitIsNotAppliedAgain() {
    Target target = open(appending());
    PartitionOwner owner = owner(target, 0);
    Commit commit = owner.prepare(batch(ITEMS, NAMED).create(1, 1, "a").build());
    CommitReceipt receipt = owner.commit(commit);
    assertEquals(receipt, target.commit(copyOf(commit)));
    assertEquals(1, database.number("select count(*) from items"));
  }

  @Test
  void commitIsKnownAfterTheStateWasReadAndInANewConnection() {
    Target target = open(appending());
    PartitionOwner owner = owner(target, 0);
    Commit commit = owner.prepare(batch(ITEMS, NAMED).create(1, 1, "a").build());
    owner.commit(commit);
    target.load(Set.of(new SourcePartition("topic", 0)));
    target.commit(commit);
    open(appending()).commit(commit);
    assertEquals(1, database.number("select count(*) from items"));
  }

  @Test
  void equalCommitWithAnIdOfItsOwnIsFenced() {
    PartitionOwner owner = owner();
    Commit commit = owner.prepare(batch(ITEMS, NAMED).create(1, 1, "a").build());
    owner.commit(commit);
    Commit equal =
        new Commit(
            commit.batches(),
            commit.advances(),
            commit.deadLetters(),
            commit.contributors(),
            commit.histories());
    assertThrows(FencedException.class, () -> owner.commit(equal));
  }

  @Test
  void valuesOfADroppedColumnDoNotComeBackWithRowsEncodedAhead() {
    Target target = open(followingDrops(DroppedColumns.NULL));
    PartitionOwner owner = owner(target, 0);
    owner.commit(
        batch(ITEMS, COLOURED)
            .upsert(10, 1, "one", "red")
            .seen(SOURCE, 10, 10, "id", "name", "colour")
            .build());
    owner.commit(
        batch(ITEMS, NAMED).upsert(20, 1, "uno").seen(SOURCE, 20, 20, "id", "name").build());
    commitPrepared(
        target,
        owner,
        batch(ITEMS, COLOURED)
            .upsert(30, 3, "three", "green")
            .seen(SOURCE, 30, 30, "id", "name", "colour")
            .build());
    commitPrepared(
        target,
        owner,
        batch(ITEMS, COLOURED)
            .upsert(12, 2, "late", "blue")
            .upsert(40, 4, "four", "white")
            .seen(SOURCE, 12, 12, "id", "name", "colour")
            .seen(SOURCE, 40, 40, "id", "name", "colour")
            .build());
    assertEquals(
        List.of(
            Arrays.asList(1, "uno", null),
            Arrays.asList(2, "late", null),
            List.of(3, "three", "green"),
            List.of(4, "four", "white")),
        database.rows("select id, name, colour from items order by id"));
  }

  @Test
  void newRowsEncodedAheadHoldNoValuesOfADroppedColumn() {
    Target target = open(followingDrops(DroppedColumns.KEEP));
    PartitionOwner owner = owner(target, 0);
    owner.commit(
        batch(ITEMS, COUNTED).create(10, 1, 1).seen(SOURCE, 10, 10, "id", "count").build());
    commitPrepared(
        target,
        owner,
        batch(ITEMS, COUNTED)
            .create(12, 2, 2)
            .create(30, 3, 3)
            .seen(SOURCE, 12, 12, "id", "count")
            .seen(SOURCE, 20, 20, "id")
            .seen(SOURCE, 30, 30, "id", "count")
            .build());
    assertEquals(
        List.of(Arrays.asList(1, null), Arrays.asList(2, null), List.of(3, 3)),
        database.rows("select id, count from items order by id"));
  }

  private static void commitPrepared(Target target, PartitionOwner owner, TableBatch batch) {
    Commit commit = owner.prepare(batch);
    target.prepare(commit);
    owner.commit(commit);
  }

  private static Commit copyOf(Commit commit) {
    return new Commit(
        commit.id(),
        commit.batches(),
        commit.advances(),
        commit.deadLetters(),
        commit.contributors(),
        commit.histories(),
        commit.progress(),
        commit.status());
  }

  private static TableOptions appending() {
    TableOptions base = TableOptions.DEFAULT;
    return options(TableOptions.WriteMode.APPEND, base.deleteMode(), base.evolution());
  }

  private static TableOptions followingDrops(DroppedColumns dropped) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        base.evolution(),
        dropped,
        base.metadata(),
        base.deadLetterTable());
  }
}
