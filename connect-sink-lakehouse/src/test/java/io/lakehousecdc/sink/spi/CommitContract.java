// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RecordException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Fencing, repetition, rehearsal and dead letters: a commit is applied once and whole, or not at
 * all.
 */
interface CommitContract extends Warehouse {

  @Test
  default void commitOnAnOutdatedStateIsFencedAndChangesNothing() {
    PartitionOwner zombie = owner(TableOptions.DEFAULT);
    zombie.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    PartitionOwner successor = owner(TableOptions.DEFAULT);
    successor.commit(batch(ITEMS, ITEM).upsert(2, 1, "two", null, null).build());
    successor.commit(batch(ITEMS, ITEM).upsert(3, 1, "three", null, null).build());
    TableBatch late =
        batch(ITEMS, ITEM)
            .upsert(9, 1, "zombie", null, null)
            .upsert(9, 2, "zombie", null, null)
            .build();
    assertThatExceptionOfType(FencedException.class)
        .as("commit of the owner that was replaced")
        .isThrownBy(() -> zombie.commit(late));
    assertThatRows(ITEMS, "id", "name").as("after the fenced commit").areExactly(row(1, "three"));
    assertThatState(P0).returns(3L, PartitionState::nextOffset);
  }

  @Test
  default void secondFirstCommitIsFenced() {
    PartitionOwner zombie = owner(TableOptions.DEFAULT);
    PartitionOwner successor = owner(TableOptions.DEFAULT);
    successor.commit(
        batch(ITEMS, ITEM).upsert(2, 1, "one", null, null).upsert(2, 2, "a", null, null).build());
    assertThatExceptionOfType(FencedException.class)
        .as("first commit of the owner that was replaced")
        .isThrownBy(
            () -> zombie.commit(batch(ITEMS, ITEM).upsert(9, 1, "zombie", null, null).build()));
    assertThatRows(ITEMS, "id", "name")
        .as("after the fenced commit")
        .areExactly(row(1, "one"), row(2, "a"));
  }

  @Test
  default void onePartitionThatIsFencedStopsTheWholeCommit() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner first = PartitionOwner.of(target, P0);
    PartitionOwner second = PartitionOwner.of(target, P1);
    PartitionOwner.of(open(TableOptions.DEFAULT), P1)
        .commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    Commit both =
        PartitionOwner.together(
            first.prepare(batch(ITEMS, ITEM).upsert(2, 2, "two", null, null).build()),
            second.prepare());
    assertThatExceptionOfType(FencedException.class)
        .as("commit of two partitions, of which %s has another owner", P1)
        .isThrownBy(() -> target.commit(both));
    assertThatRows(ITEMS, "id").as("after the fenced commit").areExactly(row(1));
    assertThat(loadedStates(P0)).as("states that a new owner loads").isEmpty();
  }

  @Test
  default void repeatedCommitChangesNothing() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    Commit commit = owner.prepare(batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).build());
    owner.commit(commit);
    owner.commit(commit);
    owner.commit(batch(ITEMS, ITEM).upsert(2, 1, "two", null, 2L).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "two"));
  }

  /**
   * As after a topic was deleted and created anew: offsets start over, and may come out the same.
   */
  @Test
  default void repeatedCommitThatLeavesTheOffsetAsItIsAddsNothing() {
    Target target = open(Warehouse.append());
    PartitionOwner owner = PartitionOwner.of(target, P0);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).build());
    PartitionState before = owner.state().orElseThrow();
    Commit commit =
        new Commit(
            List.of(batch(ITEMS, ITEM).upsert(2, 2, "two", null, 2L).build()),
            List.of(
                new PartitionAdvance(
                    P0,
                    Optional.of(before),
                    new PartitionState(before.nextOffset(), new Position(0, 2, 2), -1, -1, 2_000))),
            List.of(),
            Map.of(ITEMS, Set.of(P0)),
            target.histories());
    owner.commit(commit);
    owner.commit(commit);
    assertThatRows(ITEMS, "id").areExactly(row(1), row(2));
  }

  @Test
  default void rehearsalChangesNothing() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner owner = PartitionOwner.of(target, P0);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).build());
    Commit good =
        owner.prepare(
            batch(ITEMS, ITEM).upsert(2, 1, "two", null, 2L).upsert(2, 2, "x", null, 3L).build());
    target.rehearse(good);
    assertThatRows(ITEMS, "id", "name", "qty")
        .as("after the rehearsal")
        .areExactly(row(1, "one", 1L));
    assertThatState(P0).returns(1L, PartitionState::nextOffset);
    owner.commit(good);
    assertThatRows(ITEMS, "id", "name")
        .as("after the commit")
        .areExactly(row(1, "two"), row(2, "x"));
  }

  @Test
  default void rehearsalRefusesWhatCommitWould() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner owner = PartitionOwner.of(target, P0);
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).build());
    Commit bad =
        owner.prepare(
            batch(ITEMS, ITEM)
                .upsert(2, 2, "two", null, 2L)
                .upsert(3, 3, "three", Cell.UNCHANGED, 3L)
                .build());
    assertThatExceptionOfType(RecordException.class)
        .as("rehearsal with an unchanged cell of a row that is not stored")
        .isThrownBy(() -> target.rehearse(bad));
    assertThatExceptionOfType(RecordException.class)
        .as("commit with an unchanged cell of a row that is not stored")
        .isThrownBy(() -> target.commit(bad));
    owner.commit(batch(ITEMS, ITEM).upsert(2, 2, "two", null, 2L).build());
    assertThatRows(ITEMS, "id").areExactly(row(1), row(2));
  }

  @Test
  default void deadLettersAreKeptWithTheCommitOncePerPlace() {
    TableOptions base = TableOptions.DEFAULT;
    TableOptions options =
        new TableOptions(
            base.writeMode(),
            base.deleteMode(),
            base.evolution(),
            base.metadata(),
            Optional.of("shop.dead_letters"));
    PartitionOwner owner = owner(options);
    DeadLetter full =
        new DeadLetter(
            new RecordOffset(P0, 5), "{\"id\":1}", "{}", "u", "RECORD", "Too long", 1_700_000, 0);
    DeadLetter bare =
        new DeadLetter(new RecordOffset(P0, 6), null, null, null, "DECODE", "No value", 9, 3);
    owner.commit(
        owner.prepare(
            List.of(full, bare), batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build()));
    owner.commit(owner.prepare(List.of(full)));
    assertThat(deadLetters("shop.dead_letters"))
        .as("letters in shop.dead_letters")
        .containsExactlyInAnyOrder(full, bare);
  }
}
