// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CompactionPaceTest {
  private final AtomicInteger heldBack = new AtomicInteger();
  private long now = Long.MAX_VALUE - 5; // The clock may overflow.

  @Test
  void firstCompactionNeedNotWait() {
    assertEquals(0, pace(25).nanosToWait());
  }

  @Test
  void clockMayBeBelowZero() {
    now = Long.MIN_VALUE / 4;
    CompactionPace pace = pace(25);
    pace.committed();
    assertEquals(0, pace.nanosToWait());
  }

  @Test
  void compactionTakesItsShareOfTheTimeWhileCommitsFollowEachOther() {
    CompactionPace pace = pace(20);
    long worked = 0;
    long began = now;
    while (now - began < seconds(1_000)) {
      pace.committed();
      if (pace.nanosToWait() == 0) {
        now += seconds(2);
        worked += seconds(2);
        pace.compacted(seconds(2), 10);
      }
      now += seconds(1);
    }
    assertTrue(worked <= seconds(202), worked + " ns");
    assertTrue(worked >= seconds(160), worked + " ns");
  }

  @Test
  void pauseEndsWhenThereHasBeenNoCommitForAWhile() {
    CompactionPace pace = pace(1);
    pace.committed();
    pace.compacted(seconds(60), 10);
    assertEquals(CompactionPace.REST.toNanos(), pace.nanosToWait());

    now += CompactionPace.REST.toNanos() - 1;
    assertEquals(1, pace.nanosToWait());
    now++;
    assertEquals(0, pace.nanosToWait());

    pace.committed();
    assertEquals(CompactionPace.REST.toNanos(), pace.nanosToWait());
  }

  @Test
  void pausesBecomeShorterWhereSmallFilesPileUp() {
    CompactionPace pace = pace(50);
    pace.committed();
    pace.compacted(seconds(4), CompactionPace.MANY_FILES);
    assertEquals(seconds(4), pace.nanosToWait());
    pace.compacted(seconds(4), CompactionPace.MANY_FILES * 3 / 2);
    assertEquals(seconds(2), pace.nanosToWait());
    pace.compacted(seconds(4), CompactionPace.MANY_FILES * 2);
    assertEquals(0, pace.nanosToWait());
    pace.compacted(seconds(4), CompactionPace.MANY_FILES * 20);
    assertEquals(0, pace.nanosToWait());
  }

  @Test
  void pauseBecomesShorterWhereSmallFilesPileUpMeanwhile() {
    CompactionPace pace = pace(20);
    pace.committed();
    pace.compacted(seconds(60), 10);
    int commits = 0;
    while (pace.nanosToWait() > 0) {
      now += seconds(1);
      pace.committed();
      commits++;
    }
    assertTrue(commits > CompactionPace.MANY_FILES, commits + " commits");
    assertTrue(commits < 2 * CompactionPace.MANY_FILES, commits + " commits");
  }

  @Test
  void allOfTheTimeMeansNoPause() {
    CompactionPace pace = pace(100);
    pace.committed();
    pace.compacted(seconds(60), 10);
    assertEquals(0, pace.nanosToWait());
  }

  /** As while a task reads the backlog of all its tables. */
  @Test
  void compactionsOfAllTablesTakeTheShareTogether() {
    List<CompactionPace> paces = Stream.generate(() -> pace(20)).limit(10).toList();
    long worked = 0;
    long began = now;
    while (now - began < seconds(10_000)) {
      for (CompactionPace pace : paces) {
        pace.committed();
        if (pace.nanosToWait() == 0) {
          now += seconds(2);
          worked += seconds(2);
          pace.compacted(seconds(2), 10);
        }
      }
      now += seconds(5);
    }
    assertTrue(worked <= seconds(2_000 + 2 * paces.size()), worked + " ns");
    assertTrue(worked >= seconds(1_000), worked + " ns");
  }

  @Test
  void tableThatRestsOrHasNothingToCompactOrIsClosedLeavesItsShareToOthers() {
    CompactionPace pace = pace(50);
    CompactionPace resting = compacted();
    CompactionPace idle = compacted();
    CompactionPace closed = compacted();
    pace.committed();
    pace.compacted(seconds(1), 10);
    assertEquals(seconds(7), pace.nanosToWait());
    idle.foundNothing();
    assertEquals(seconds(5), pace.nanosToWait());
    closed.close();
    assertEquals(seconds(3), pace.nanosToWait());
    closed.compacted(seconds(1), 10);
    assertEquals(seconds(3), pace.nanosToWait());
    now += CompactionPace.REST.toNanos();
    assertEquals(0, resting.nanosToWait());
    pace.committed();
    pace.compacted(seconds(1), 10);
    assertEquals(seconds(1), pace.nanosToWait());
  }

  private CompactionPace compacted() {
    CompactionPace pace = pace(50);
    pace.committed();
    pace.compacted(seconds(1), 10);
    return pace;
  }

  private CompactionPace pace(int percent) {
    return new CompactionPace(percent, heldBack, () -> now);
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }
}
