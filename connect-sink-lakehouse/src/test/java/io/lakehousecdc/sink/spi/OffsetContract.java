// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The committed states of partitions: read back, begun, moved and forgotten. */
interface OffsetContract extends Warehouse {

  @Test
  default void stateIsReadBackAsCommitted() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).completed(100);
    owner.commit(
        batch(ITEMS, ITEM).upsert(new Position(2, 300, 250), 1, "one", null, null).build());
    PartitionState expected = new PartitionState(1, new Position(2, 300, 250), 100, 100, 250_000);
    assertThat(open(TableOptions.DEFAULT).load(Set.of(P0)))
        .as("states that a new owner loads")
        .isEqualTo(Map.of(P0, new LoadedPartition(expected, Map.of())));
  }

  @Test
  default void partitionWithoutAStateIsNotLoaded() {
    owner(TableOptions.DEFAULT)
        .commit(batch(ITEMS, ITEM).upsert(new Position(4, 1, 1), 1, "one", null, null).build());
    SourcePartition unknown = new SourcePartition("src.shop.other", 0);
    assertThat(open(TableOptions.DEFAULT).load(Set.of(P1, unknown)))
        .as("states of a new partition of a known topic and one of an unknown topic")
        .isEmpty();
  }

  @Test
  default void newPartitionOfAKnownTopicBegins() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0).commit(batch(ITEMS, ITEM).upsert(1, 1, "a", null, null).build());
    PartitionOwner second = PartitionOwner.of(target, P1);
    second.commit(batch(ITEMS, ITEM).upsert(2, 2, "b", null, null).build());
    assertThatRows(ITEMS, "id").areExactly(row(1), row(2));
  }

  @Test
  default void connectorsHaveOffsetsOfTheirOwn() {
    owner(TableOptions.DEFAULT).commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    Target other = open(TableOptions.DEFAULT, new TargetContext("another", 0));
    assertThat(other.load(Set.of(P0))).as("states of the other connector").isEmpty();
  }

  @Test
  default void offsetsAdvanceWithoutRows() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    assertThat(owner.commit()).as("receipt of the first commit").isEqualTo(CommitReceipt.NOTHING);
    assertThat(owner.commit()).as("receipt of the second commit").isEqualTo(CommitReceipt.NOTHING);
    assertThatState(P0).returns(2L, PartitionState::nextOffset);
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

    Map<SourcePartition, PartitionState> states = loadedStates(P0, P1, third);
    assertThat(states.get(P0))
        .as("state of %s, moved: what follows is new", P0)
        .isNotNull()
        .returns(1L, PartitionState::nextOffset)
        .returns(List.of(), PartitionState::streams);
    assertThat(states.get(P1)).as("state of %s, forgotten", P1).isEqualTo(PartitionState.FRESH);
    assertThat(states.get(third))
        .as("state of %s, set before its first commit", third)
        .isNotNull()
        .returns(7L, PartitionState::nextOffset);

    PartitionOwner replay = owner(TableOptions.DEFAULT);
    replay.commit(
        batch(ITEMS, ITEM).upsert(new Position(1, 51, 51), 2, "again", null, null).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "one"), row(2, "again"), row(3, "x"));
  }

  @Test
  default void aResetPartitionBeginsAnew() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0)
        .commit(batch(ITEMS, ITEM).upsert(new Position(2, 50, 50), 1, "one", null, null).build());
    Map<SourcePartition, Long> offsets = new HashMap<>();
    offsets.put(P0, null);
    target.alterOffsets(offsets);

    assertThat(target.load(Set.of(P0)).get(P0))
        .as("state of %s after the reset", P0)
        .isNotNull()
        .returns(PartitionState.FRESH, LoadedPartition::state);
    PartitionOwner replay = owner(TableOptions.DEFAULT);
    replay.commit(
        batch(ITEMS, ITEM).upsert(new Position(2, 50, 50), 1, "again", null, null).build());
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "again"));
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
            Map.of(ITEMS, Set.of(P0)),
            target.histories()));
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "again"));
  }
}
