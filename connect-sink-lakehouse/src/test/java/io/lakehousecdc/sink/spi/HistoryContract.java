// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The histories of sources: stored with the rows, shared by all tasks, and compared first. */
interface HistoryContract extends Warehouse {
  SourceId BLUE = new SourceId("blue", "shop", "postgresql");
  SourceId GREEN = new SourceId("green", "shop", "postgresql");

  /** Blue fails over at 2,000. */
  Histories FAILED_OVER =
      Histories.of(
          List.of(new History(0, BLUE, 1_000), new History(1, BLUE, 2_000)),
          Map.of(BLUE, Set.of(ITEMS.toString())));

  /** Green comes beside blue. */
  Histories TWO_SOURCES =
      Histories.of(
          List.of(new History(0, BLUE, 1_000), new History(1, GREEN, 2_000)),
          Map.of(BLUE, Set.of(ITEMS.toString()), GREEN, Set.of(ITEMS.toString())));

  @Test
  default void historiesAreStoredWithTheRows() {
    Target target = open(TableOptions.DEFAULT);
    assertThat(target.histories()).as("before the first commit").isEqualTo(Histories.NONE);
    PartitionOwner.of(target, P0)
        .knowing(TWO_SOURCES)
        .commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    assertThat(target.histories()).as("after the commit").isEqualTo(TWO_SOURCES);
    assertThat(open(TableOptions.DEFAULT).histories())
        .as("as another task reads them")
        .isEqualTo(TWO_SOURCES);
    assertThat(open(TableOptions.DEFAULT, new TargetContext("another", 0)).histories())
        .as("of another connector")
        .isEqualTo(Histories.NONE);
  }

  @Test
  default void commitThatDoesNotKnowOfAStoredHistoryIsRefused() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner quiet = PartitionOwner.of(target, P1).knowing(onlyFirst());
    quiet.commit(batch(ITEMS, ITEM).upsert(1, 2, "quiet", null, null).build());
    Commit unaware = quiet.prepare(batch(ITEMS, ITEM).upsert(2, 2, "unaware", null, null).build());
    PartitionOwner.of(open(TableOptions.DEFAULT), P0)
        .knowing(FAILED_OVER)
        .commit(batch(ITEMS, ITEM).upsert(new Position(1, 1, 1), 1, "busy", null, null).build());
    assertThatExceptionOfType(OutdatedHistoriesException.class)
        .as("commit of a task that has not heard of the failover")
        .isThrownBy(() -> target.commit(unaware));
    assertThatRows(ITEMS, "id", "name")
        .as("after the refused commit")
        .areExactly(row(1, "busy"), row(2, "quiet"));
  }

  @Test
  default void beginningOfAHistoryIsOnlyEverLowered() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner.of(target, P0)
        .knowing(FAILED_OVER)
        .commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    Histories earlier =
        Histories.of(
            List.of(new History(0, BLUE, 1_000), new History(1, BLUE, 1_990)),
            FAILED_OVER.tables());
    PartitionOwner.of(target, P1)
        .knowing(earlier)
        .commit(batch(ITEMS, ITEM).upsert(1, 2, "two", null, null).build());
    assertThat(open(TableOptions.DEFAULT).histories()).isEqualTo(earlier);
  }

  @Test
  default void truncateOfANewHistoryRemovesRowsOfTheOldOne() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(FAILED_OVER);
    owner.commit(rowAt(new Position(0, 9_000, 9_000), 1_500, 1, "old"));
    owner.commit(truncate(FAILED_OVER, new Position(1, 50, 50), SourceRelation.AUTO));
    assertThatRows(ITEMS, "id").areExactly();
  }

  @Test
  default void lateChangeOfAnOldHistoryIsBelowTheTruncate() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(FAILED_OVER);
    owner.commit(rowAt(new Position(0, 10, 10), 1_400, 2, "first"));
    owner.commit(truncate(FAILED_OVER, new Position(1, 50, 50), SourceRelation.AUTO));
    owner.commit(rowAt(new Position(0, 9_000, 9_000), 1_500, 1, "late"));
    owner.commit(rowAt(new Position(1, 60, 60), 2_500, 3, "after"));
    assertThatRows(ITEMS, "id").areExactly(row(3));
  }

  @Test
  default void rowThatWasWrittenBeforeItsHistoryWasKnownOutlivesAnEarlierTruncate() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(onlyFirst());
    owner.commit(rowAt(new Position(0, 60, 60), 2_500, 1, "after the truncate"));
    owner.commit(rowAt(new Position(0, 40, 40), 2_100, 2, "before the truncate"));
    owner.commit(rowAt(new Position(0, 9_000, 9_000), 1_500, 3, "before the failover"));
    owner
        .knowing(FAILED_OVER)
        .commit(truncate(FAILED_OVER, new Position(1, 50, 50), SourceRelation.AUTO));
    assertThatRows(ITEMS, "id").areExactly(row(1));
  }

  /** A history that an operator has begun has no time of beginning. */
  @Test
  default void truncateOfAnOperatorsHistoryRemovesRowsOfTheOneBefore() {
    Histories set =
        Histories.of(
            List.of(new History(0, BLUE, 1_000), new History(1, BLUE, History.ALWAYS)),
            FAILED_OVER.tables());
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(set);
    owner.commit(rowAt(new Position(0, 9_000, 9_000), 1_500, 1, "old"));
    owner.commit(rowAt(new Position(1, 60, 60), 900, 2, "new"));
    owner.commit(truncate(set, new Position(1, 50, 50), SourceRelation.AUTO));
    owner.commit(rowAt(new Position(0, 9_001, 9_001), 1_600, 3, "late"));
    assertThatRows(ITEMS, "id").areExactly(row(2));
  }

  @Test
  default void truncateOfAShardLeavesOtherShardsAlone() {
    PartitionOwner owner = owner(shards()).knowing(TWO_SOURCES);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(new Position(0, 10, 10), 1, "blue", null, null)
            .upsert(new Position(1, 10, 10), 2, "green", null, null)
            .build());
    owner.commit(truncate(TWO_SOURCES, new Position(1, 50, 50), SourceRelation.SHARDS));
    owner.commit(rowAt(new Position(0, 11, 11), 2_500, 3, "blue"));
    owner.commit(rowAt(new Position(1, 11, 11), 2_500, 4, "green, before the truncate"));
    assertThatRows(ITEMS, "id").areExactly(row(1), row(3));
  }

  @Test
  default void truncatesOfShardsAreRememberedSideBySide() {
    PartitionOwner owner = owner(shards()).knowing(TWO_SOURCES);
    owner.commit(batch(ITEMS, ITEM).upsert(new Position(0, 90, 90), 9, "blue", null, null).build());
    owner.commit(truncate(TWO_SOURCES, new Position(0, 50, 50), SourceRelation.SHARDS));
    owner.commit(truncate(TWO_SOURCES, new Position(1, 70, 70), SourceRelation.SHARDS));
    owner.commit(rowAt(new Position(0, 40, 40), 1_500, 1, "blue, before"));
    owner.commit(rowAt(new Position(1, 60, 60), 2_500, 2, "green, before"));
    owner.commit(rowAt(new Position(0, 60, 60), 1_600, 3, "blue, after"));
    owner.commit(rowAt(new Position(1, 80, 80), 2_600, 4, "green, after"));
    assertThatRows(ITEMS, "id").areExactly(row(3), row(4), row(9));
  }

  @Test
  default void truncateOfASuccessorRemovesRowsOfTheSourceThatItReplaces() {
    PartitionOwner owner = owner(successors()).knowing(TWO_SOURCES);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(new Position(0, 9_000, 9_000), 1, "blue", null, null)
            .upsert(new Position(1, 60, 60), 2, "green", null, null)
            .build());
    owner.commit(truncate(TWO_SOURCES, new Position(1, 50, 50), SourceRelation.SUCCESSORS));
    assertThatRows(ITEMS, "id").areExactly(row(2));
  }

  @Test
  default void epochsBelowZeroAreBelowAllOthers() {
    Histories late =
        Histories.of(List.of(new History(-1, BLUE, 1_000), new History(0, GREEN, 2_000)), Map.of());
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(late);
    owner.commit(rowAt(new Position(0, 10, 10), 2_500, 1, "green"));
    owner.commit(rowAt(new Position(-1, 9_000, 9_000), 1_500, 1, "blue"));
    owner.commit(rowAt(new Position(-1, 9_000, 9_001), 1_500, 2, "blue"));
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "green"), row(2, "blue"));
  }

  @Test
  default void changeThatComesAgainAfterItsRowIsGoneIsNoReasonToReject() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(onlyFirst());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 2, "other", null, null).build());
    ChangeInfo again =
        new ChangeInfo(Operation.UPDATE, new Position(0, 10, 10), 1_500, Delivery.AGAIN);
    CommitReceipt receipt =
        owner.commit(
            changes(
                new RowChange.Upsert(
                    RowKey.of(1), new Object[] {1, "x", Cell.UNCHANGED, null}, again)));
    assertThat(receipt.stale()).as("skipped changes").isEqualTo(1);
    assertThatRows(ITEMS, "id").areExactly(row(2));
  }

  @Test
  default void skippedChangesTellWhy() {
    PartitionOwner owner = owner(TableOptions.DEFAULT).knowing(FAILED_OVER);
    owner.commit(rowAt(new Position(0, 60, 60), 1_500, 1, "first history"));
    assertThat(owner.commit(rowAt(new Position(0, 50, 50), 1_400, 1, "older")).skips().counts())
        .as("a change older than the stored row")
        .isEqualTo(Map.of(SkipReason.SUPERSEDED, 1L));
    owner.commit(rowAt(new Position(1, 10, 10), 2_500, 1, "second history"));
    CommitReceipt receipt = owner.commit(rowAt(new Position(0, 70, 70), 1_600, 1, "backlog"));
    assertThat(receipt.skips().counts())
        .as("a change of an older history")
        .isEqualTo(Map.of(SkipReason.OLDER_HISTORY, 1L));
    assertThat(receipt.skips().examples())
        .containsExactly(
            new SkippedChange(
                ITEMS,
                SkipReason.OLDER_HISTORY,
                RowKey.of(1),
                new Position(0, 70, 70),
                new Position(1, 10, 10)));
    owner.commit(truncate(FAILED_OVER, new Position(1, 50, 50), SourceRelation.AUTO));
    assertThat(owner.commit(rowAt(new Position(1, 40, 40), 2_600, 2, "late")).skips().counts())
        .as("a change from before a truncate")
        .isEqualTo(Map.of(SkipReason.BELOW_TRUNCATE, 1L));
  }

  private static Histories onlyFirst() {
    return Histories.of(List.of(FAILED_OVER.all().get(0)), FAILED_OVER.tables());
  }

  private static TableOptions shards() {
    return related(SourceRelation.SHARDS);
  }

  private static TableOptions successors() {
    return related(SourceRelation.SUCCESSORS);
  }

  private static TableOptions related(SourceRelation relation) {
    TableOptions usual = TableOptions.DEFAULT;
    return new TableOptions(
        usual.writeMode(),
        usual.deleteMode(),
        usual.evolution(),
        usual.droppedColumns(),
        usual.metadata(),
        usual.deadLetterTable(),
        relation);
  }

  private static TableBatch truncate(Histories known, Position at, SourceRelation relation) {
    return changes().withTruncates(List.of(known.floor(at, Floor.Cause.TRUNCATE, relation)));
  }

  private static TableBatch rowAt(Position position, long micros, int id, String name) {
    return changes(
        new RowChange.Upsert(
            RowKey.of(id),
            new Object[] {id, name, null, null},
            new ChangeInfo(Operation.UPDATE, position, micros)));
  }

  private static TableBatch changes(RowChange... changes) {
    return new TableBatch(ITEMS, ITEM, List.of(changes), List.of(), Optional.empty());
  }
}
