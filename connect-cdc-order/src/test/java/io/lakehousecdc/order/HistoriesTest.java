// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoriesTest {
  private static final SourceId BLUE = new SourceId("blue", "shop", "postgresql");
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");
  private static final Histories TWO =
      Histories.of(List.of(new History(0, BLUE, 100), new History(1, BLUE, 200)), Map.of());

  @Test
  void firstHistoryTakesWhatIsOlderThanIt() {
    assertEquals(OptionalInt.of(0), TWO.epochAt(BLUE, 5));
    assertEquals(OptionalInt.of(0), TWO.epochAt(BLUE, 199));
    assertEquals(OptionalInt.of(1), TWO.epochAt(BLUE, 200));
    assertEquals(OptionalInt.empty(), TWO.epochAt(GREEN, 200));
  }

  @Test
  void epochsAreUniqueOverAllSources() {
    Histories three = TWO.opened(GREEN, 150, 0);
    assertEquals(OptionalInt.of(2), three.epochAt(GREEN, 150));
    assertEquals(OptionalInt.of(3), three.opened(BLUE, 300, 0).epochAt(BLUE, 300));
  }

  @Test
  void sourceThatIsOlderThanAllOthersIsNumberedBelowThem() {
    assertEquals(OptionalInt.of(-1), TWO.opened(GREEN, 50, 0).epochAt(GREEN, 50));
  }

  @Test
  void historyThatBeganEarlierThanAnotherKnowsIsNews() {
    Histories earlier = TWO.begun(1, 190);
    assertTrue(earlier.include(TWO));
    assertFalse(TWO.include(earlier));
    assertEquals(earlier, TWO.union(earlier));
  }

  @Test
  void historyThatIsNotKnownIsNews() {
    assertFalse(TWO.include(TWO.opened(GREEN, 150, 0)));
  }

  @Test
  void tableThatIsNotKnownIsNewsWhereAnotherSourceFeedsItToo() {
    Histories green = TWO.opened(GREEN, 150, 0).feeding(GREEN, "dwh.orders");
    assertTrue(TWO.include(TWO.feeding(BLUE, "dwh.orders")));
    assertFalse(green.include(TWO.feeding(BLUE, "dwh.orders")));
    assertTrue(green.feeding(BLUE, "dwh.orders").include(TWO.feeding(BLUE, "dwh.orders")));
  }

  @Test
  void sameNumberForTwoSourcesIsNews() {
    Histories blue = Histories.NONE.opened(BLUE, 100, 0);
    Histories green = Histories.NONE.opened(GREEN, 100, 0);
    assertFalse(blue.include(green));
  }

  @Test
  void othersThatFeedATableAreTold() {
    Histories fed = TWO.feeding(BLUE, "dwh.orders").feeding(GREEN, "dwh.orders");
    assertEquals(List.of(GREEN), fed.othersFeeding("dwh.orders", BLUE));
    assertEquals(List.of(), fed.othersFeeding("dwh.items", BLUE));
  }

  @Test
  void tablesOfOneSourceThatFeedATableAreTold() {
    Histories fed =
        TWO.feeding(BLUE, "dwh.orders", "a.orders").feeding(BLUE, "dwh.orders", "b.orders");
    assertEquals(Set.of("a.orders", "b.orders"), fed.sourceTables("dwh.orders", BLUE));
    assertEquals(Set.of(), fed.sourceTables("dwh.orders", GREEN));
    assertEquals(Set.of(), fed.sourceTables("dwh.order", BLUE));
    assertEquals(List.of(BLUE), fed.othersFeeding("dwh.orders", GREEN));
    assertEquals(fed, Histories.of(fed.all(), fed.tables()), "as stored");
  }

  @Test
  void sourceTableThatIsNotKnownIsNewsWhereAnotherFeedsTheTableToo() {
    Histories first = TWO.feeding(BLUE, "dwh.orders", "a.orders");
    Histories second = TWO.feeding(BLUE, "dwh.orders", "b.orders");
    assertTrue(TWO.include(first));
    assertFalse(first.include(second));
    assertTrue(first.union(second).include(second));
  }

  @Test
  void floorCoversEarlierHistoriesOfItsSourceAlone() {
    Histories three = TWO.opened(GREEN, 150, 0);
    Floor floor =
        three
            .opened(BLUE, 300, 0)
            .floor(new Position(3, 50, 60), Floor.Cause.TRUNCATE, SourceRelation.SHARDS);
    assertEquals(Set.of(0, 1), floor.earlierEpochs());
    assertTrue(floor.covers(new Position(0, 9_000, 9_000), 150));
    assertTrue(floor.covers(new Position(3, 50, 59), 310));
    assertFalse(floor.covers(new Position(3, 50, 60), 310));
    assertFalse(floor.covers(new Position(2, 1, 1), 160));
  }

  @Test
  void floorOfASuccessorCoversTheSourceThatItReplaces() {
    Floor floor =
        TWO.opened(GREEN, 250, 0)
            .floor(new Position(2, 50, 60), Floor.Cause.TRUNCATE, SourceRelation.SUCCESSORS);
    assertTrue(floor.covers(new Position(1, 9_000, 9_000), 999));
    assertFalse(floor.covers(new Position(3, 1, 1), 999));
  }

  @Test
  void rowOfTheFloorsHistoryThatWasWrittenInTheOneBeforeIsJudgedByItsLsns() {
    Floor floor = TWO.floor(new Position(1, 50, 60), Floor.Cause.TRUNCATE, SourceRelation.AUTO);
    assertTrue(floor.covers(new Position(0, 70, 80), 199));
    assertFalse(floor.covers(new Position(0, 70, 80), 200));
    assertTrue(floor.covers(new Position(0, 40, 41), 200));
    assertTrue(floor.covers(new Position(0, 70, 80), 0));
  }

  @Test
  void unnamedHistoriesArePartOfTheSourceThatTakesThemOver() {
    Histories unnamed =
        Histories.of(List.of(new History(0, SourceId.UNKNOWN, History.ALWAYS)), Map.of());
    Histories claimed = unnamed.claimedBy(BLUE);
    assertEquals(OptionalInt.of(0), claimed.epochAt(BLUE, 5));
    assertTrue(claimed.include(unnamed));
    assertFalse(unnamed.include(claimed));
  }
}
