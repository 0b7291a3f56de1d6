// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.change.Operation.UPDATE;
import static io.lakehousecdc.sink.pipeline.ItemTopics.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.CarriedOver;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * States as version 0.1 has left them: the busy partition is in epoch 1, the quiet one, which has
 * had no change since the source went back, in epoch 0.
 */
@Timeout(60)
class CarriedOverStatesTest {
  private static final SourcePartition BUSY = new SourcePartition("shop.public.item", 0);
  private static final SourcePartition QUIET = new SourcePartition("shop.public.item", 1);
  private static final PartitionState BUSY_STATE =
      new PartitionState(2, new Position(1, 2_000, 2_010), -1, -1, 2_000);
  private static final PartitionState QUIET_STATE =
      new PartitionState(1, new Position(0, 100, 110), -1, -1, 900);

  private final ItemTopics topics = new ItemTopics(BUSY, QUIET);

  @BeforeEach
  void upgrade() {
    topics.add(BUSY, CREATE, 0, "n", at(History.SOURCE, 5_000, 5_010, 1_000));
    topics.add(BUSY, UPDATE, 0, "m", at(History.SOURCE, 2_000, 2_010, 2_000));
    topics.add(QUIET, CREATE, 1, "n", at(History.SOURCE, 100, 110, 900));
    Histories carried = CarriedOver.histories(List.of(BUSY_STATE, QUIET_STATE));
    topics
        .target()
        .commit(
            new Commit(
                List.of(
                    new TableBatch(
                        History.TABLE,
                        History.SCHEMA,
                        List.of(
                            stored(0, "m", new Position(1, 2_000, 2_010), 2_000),
                            stored(1, "n", new Position(0, 100, 110), 900)),
                        List.of(),
                        Optional.empty())),
                List.of(
                    new PartitionAdvance(BUSY, Optional.empty(), BUSY_STATE),
                    new PartitionAdvance(QUIET, Optional.empty(), QUIET_STATE)),
                List.of(),
                Map.of(History.TABLE, Set.of(BUSY, QUIET)),
                carried));
    topics.group.put(BUSY, 2L);
    topics.group.put(QUIET, 1L);
  }

  private static RowChange stored(int id, String name, Position position, long micros) {
    return new RowChange.Upsert(
        RowKey.of(id), new Object[] {id, name, "body"}, new ChangeInfo(CREATE, position, micros));
  }

  @Test
  void quietPartitionFindsTheHistoryOfTheBusyOne() {
    topics.add(BUSY, CREATE, 4, "n", at(History.SOURCE, 2_040, 2_050, 2_020));
    topics.truncate(BUSY, at(History.SOURCE, 2_060, 2_070, 2_030));
    topics.add(QUIET, UPDATE, 1, "m", at(History.SOURCE, 2_020, 2_030, 2_010));
    topics.add(QUIET, CREATE, 3, "n", at(History.SOURCE, 2_080, 2_090, 2_040));
    topics.drain();
    assertEquals(Map.of(3, "n"), topics.names());
    assertEquals(
        1,
        topics.rows().get(0).get("_cdc_epoch"),
        "both partitions are in one history, and no new one began");
  }

  @Test
  void backlogOfTheQuietPartitionStaysInItsHistory() {
    topics.truncate(BUSY, at(History.SOURCE, 2_060, 2_070, 2_030));
    topics.add(QUIET, CREATE, 1, "m", at(History.SOURCE, 6_000, 6_010, 1_500));
    topics.drain();
    assertEquals(Map.of(), topics.names());
  }

  @Test
  void keyThatMovesToTheQuietPartitionIsUpdated() {
    topics.add(QUIET, UPDATE, 0, "moved", at(History.SOURCE, 2_020, 2_030, 2_010));
    topics.drain();
    assertEquals("moved", topics.names().get(0));
  }

  /** A tombstone does not name its source. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tombstoneThatComesFirstTakesNoHistoryFromItsSource(boolean inOneRun) {
    topics.tombstone(BUSY, 7);
    if (!inOneRun) {
      topics.drain();
    }
    topics.add(BUSY, UPDATE, 0, "x", at(History.SOURCE, 2_020, 2_030, 2_010));
    topics.drain();
    assertEquals("x", topics.names().get(0));
    assertEquals(
        Set.of(0, 1),
        topics.rows().stream().map(row -> row.get("_cdc_epoch")).collect(Collectors.toSet()));
  }

  @Test
  void anotherSourceOpensAHistoryOfItsOwn() {
    topics.add(BUSY, UPDATE, 0, "x", at(History.SOURCE, 2_020, 2_030, 2_010));
    topics.drain();
    SourcePartition green = new SourcePartition("green.public.item", 0);
    topics.add(
        green, UPDATE, 0, "green", at(new SourceId("green", "shop", "postgresql"), 10, 11, 3_000));
    topics.drain();
    assertEquals("green", topics.names().get(0));
  }
}
