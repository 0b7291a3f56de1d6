// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RecordException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Offsets, fencing, repetition, rehearsal and dead letters. */
interface CommitContract extends Warehouse {

  @Test
  default void stateIsReadBackAsCommitted() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).completed(100);
    owner.commit(
        batch(ITEMS, ITEM).upsert(new Position(2, 300, 250), 1, "one", null, null).build());
    PartitionState expected = new PartitionState(1, new Position(2, 300, 250), 100, 100, 250_000);
    assertEquals(
        Map.of(P0, new LoadedPartition(expected, Map.of())),
        open(TableOptions.DEFAULT).load(Set.of(P0)));
  }

  @Test
  default void newPartitionOfAKnownTopicBeginsInTheTopicsEpoch() {
    owner(TableOptions.DEFAULT)
        .commit(batch(ITEMS, ITEM).upsert(new Position(4, 1, 1), 1, "one", null, null).build());
    SourcePartition unknown = new SourcePartition("src.shop.other", 0);
    assertEquals(
        Map.of(P1, new LoadedPartition(PartitionState.fresh(4), Map.of())),
        open(TableOptions.DEFAULT).load(Set.of(P1, unknown)));
  }

  @Test
  default void newPartitionMayBuildOnTheFreshState() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0).commit(batch(ITEMS, ITEM).upsert(1, 1, "a", null, null).build());
    PartitionOwner second = PartitionOwner.of(target, P1);
    assertEquals(Optional.of(PartitionState.fresh(0)), second.state());
    second.commit(batch(ITEMS, ITEM).upsert(2, 2, "b", null, null).build());
    assertEquals(List.of(row(1), row(2)), select(ITEMS, "id"));
  }

  @Test
  default void connectorsHaveOffsetsOfTheirOwn() {
    owner(TableOptions.DEFAULT).commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    Target other = open(TableOptions.DEFAULT, new TargetContext("another", 0));
    assertEquals(Map.of(), other.load(Set.of(P0)));
  }

  @Test
  default void commitOnAnOutdatedStateIsFencedAndChangesNothing() {
    PartitionOwner zombie = owner(TableOptions.DEFAULT);
    zombie.commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    PartitionOwner successor = owner(TableOptions.DEFAULT);
    successor.commit(batch(ITEMS, ITEM).upsert(2, 1, "two", null, null).build());
    successor.commit(batch(ITEMS, ITEM).upsert(3, 1, "three", null, null).build());
    assertThrows(
        FencedException.class,
        () ->
            zombie.commit(
                batch(ITEMS, ITEM)
                    .upsert(9, 1, "zombie", null, null)
                    .upsert(9, 2, "zombie", null, null)
                    .build()));
    assertEquals(List.of(row(1, "three")), select(ITEMS, "id", "name"));
    assertEquals(3, open(TableOptions.DEFAULT).load(Set.of(P0)).get(P0).state().nextOffset());
  }

  @Test
  default void secondFirstCommitIsFenced() {
    PartitionOwner zombie = owner(TableOptions.DEFAULT);
    PartitionOwner successor = owner(TableOptions.DEFAULT);
    successor.commit(
        batch(ITEMS, ITEM).upsert(2, 1, "one", null, null).upsert(2, 2, "a", null, null).build());
    assertThrows(
        FencedException.class,
        () -> zombie.commit(batch(ITEMS, ITEM).upsert(9, 1, "zombie", null, null).build()));
    assertEquals(List.of(row(1, "one"), row(2, "a")), select(ITEMS, "id", "name"));
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
    assertThrows(FencedException.class, () -> target.commit(both));
    assertEquals(List.of(row(1)), select(ITEMS, "id"));
    assertEquals(PartitionState.fresh(0), committed(Set.of(P0)).get(P0));
  }

  @Test
  default void repeatedCommitChangesNothing() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    Commit commit = owner.prepare(batch(ITEMS, ITEM).upsert(1, 1, "one", null, 1L).build());
    owner.commit(commit);
    owner.commit(commit);
    owner.commit(batch(ITEMS, ITEM).upsert(2, 1, "two", null, 2L).build());
    assertEquals(List.of(row(1, "two")), select(ITEMS, "id", "name"));
  }

  /**
   * As after a topic was deleted and created anew: offsets start over, and may come out the same.
   */
  @Test
  default void repeatedCommitThatLeavesTheOffsetAsItIsAddsNothing() {
    PartitionOwner owner = owner(Warehouse.append());
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
            Map.of(ITEMS, Set.of(P0)));
    owner.commit(commit);
    owner.commit(commit);
    assertEquals(List.of(row(1), row(2)), select(ITEMS, "id"));
  }

  @Test
  default void offsetsAdvanceWithoutRows() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    assertEquals(CommitReceipt.NOTHING, owner.commit());
    assertEquals(CommitReceipt.NOTHING, owner.commit());
    assertEquals(2, committed(Set.of(P0)).get(P0).nextOffset());
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
    assertEquals(List.of(row(1, "one", 1L)), select(ITEMS, "id", "name", "qty"));
    assertEquals(1, committed(Set.of(P0)).get(P0).nextOffset());
    owner.commit(good);
    assertEquals(List.of(row(1, "two"), row(2, "x")), select(ITEMS, "id", "name"));
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
    assertThrows(RecordException.class, () -> target.rehearse(bad));
    assertThrows(RecordException.class, () -> target.commit(bad));
    owner.commit(batch(ITEMS, ITEM).upsert(2, 2, "two", null, 2L).build());
    assertEquals(List.of(row(1), row(2)), select(ITEMS, "id"));
  }

  @Test
  default void offsetsAreMovedAndForgotten() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner first = PartitionOwner.of(target, P0);
    first.commit(
        batch(ITEMS, ITEM)
            .upsert(new Position(1, 50, 50), 1, "one", null, null)
            .upsert(new Position(1, 51, 51), 2, "two", null, null)
            .build());
    PartitionOwner.of(target, P1).commit(batch(ITEMS, ITEM).upsert(5, 3, "x", null, null).build());
    SourcePartition third = new SourcePartition(P0.topic(), 2);

    Map<SourcePartition, Long> offsets = new HashMap<>();
    offsets.put(P0, 1L);
    offsets.put(P1, null);
    offsets.put(third, 7L);
    open(TableOptions.DEFAULT).alterOffsets(offsets);

    Map<SourcePartition, PartitionState> states = committed(Set.of(P0, P1, third));
    assertEquals(1, states.get(P0).nextOffset());
    assertEquals(new Position(1, 0, 0), states.get(P0).highWater(), "what follows is new");
    assertEquals(PartitionState.fresh(1), states.get(P1));
    assertEquals(7, states.get(third).nextOffset());

    PartitionOwner replay = owner(TableOptions.DEFAULT);
    replay.commit(
        batch(ITEMS, ITEM).upsert(new Position(1, 51, 51), 2, "again", null, null).build());
    assertEquals(List.of(row(1, "one"), row(2, "again"), row(3, "x")), select(ITEMS, "id", "name"));
  }

  @Test
  default void aResetPartitionKeepsItsEpochAndBeginsAnew() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0)
        .commit(batch(ITEMS, ITEM).upsert(new Position(2, 50, 50), 1, "one", null, null).build());
    Map<SourcePartition, Long> offsets = new HashMap<>();
    offsets.put(P0, null);
    target.alterOffsets(offsets);

    assertEquals(PartitionState.fresh(2), target.load(Set.of(P0)).get(P0).state());
    PartitionOwner replay = owner(TableOptions.DEFAULT);
    replay.commit(
        batch(ITEMS, ITEM).upsert(new Position(2, 50, 50), 1, "again", null, null).build());
    assertEquals(List.of(row(1, "again")), select(ITEMS, "id", "name"));
  }

  @Test
  default void aResetPartitionMayBeginWithoutAState() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0).commit(batch(ITEMS, ITEM).upsert(1, 1, "a", null, null).build());
    Map<SourcePartition, Long> offsets = new HashMap<>();
    offsets.put(P0, null);
    target.alterOffsets(offsets);

    target.load(Set.of(P0));
    PartitionState next = new PartitionState(1, new Position(0, 2, 2), -1, -1, 2_000);
    target.commit(
        new Commit(
            List.of(batch(ITEMS, ITEM).upsert(2, 1, "again", null, null).build()),
            List.of(new PartitionAdvance(P0, Optional.empty(), next)),
            List.of(),
            Map.of(ITEMS, Set.of(P0))));
    assertEquals(List.of(row(1, "again")), select(ITEMS, "id", "name"));
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
    assertEquals(Set.of(full, bare), Set.copyOf(deadLetters("shop.dead_letters")));
    assertEquals(2, deadLetters("shop.dead_letters").size());
  }

  private Map<SourcePartition, PartitionState> committed(Set<SourcePartition> partitions) {
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    open(TableOptions.DEFAULT)
        .load(partitions)
        .forEach((partition, loaded) -> states.put(partition, loaded.state()));
    return states;
  }
}
