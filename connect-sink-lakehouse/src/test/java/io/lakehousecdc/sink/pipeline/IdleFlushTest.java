// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.pipeline.IdleFlush.Activity;
import io.lakehousecdc.sink.pipeline.IdleFlush.Activity.Resting;
import io.lakehousecdc.sink.pipeline.IdleFlush.Activity.Working;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdleFlushTest {
  private static final Activity RESTED = new Resting(millis(1000), millis(10));

  private final IdleFlush flush = new IdleFlush(Duration.ofMillis(500));

  @Test
  void batchIsDueOnceNoMoreRecordsAreAtHand() {
    flush.polled(3);
    assertFalse(flush.isDue(millis(2), RESTED));
    flush.polled(0);
    assertTrue(flush.isDue(millis(3), RESTED));
  }

  @Test
  void batchIsDueInASteadyTrickleToo() {
    flush.polled(3);
    assertFalse(flush.isDue(millis(49), RESTED));
    assertTrue(flush.isDue(millis(50), RESTED));
  }

  @Test
  void batchOfABacklogIsNotDueBeforeItsInterval() {
    flush.polled(IdleFlush.BACKLOG);
    assertFalse(flush.isDue(millis(499), RESTED));
    assertTrue(flush.isDue(millis(500), RESTED));
  }

  @Test
  void batchIsNotDueWhileTheWriterWorks() {
    flush.polled(0);
    assertFalse(flush.isDue(millis(400), new Working(0)));
    assertFalse(flush.isDue(millis(400), new Working(millis(300))));
  }

  @Test
  void writerRestsFourTimesAsLongAsItWorks() {
    flush.polled(0);
    assertFalse(flush.isDue(millis(300), new Resting(millis(200) - 1, millis(50))));
    assertTrue(flush.isDue(millis(300), new Resting(millis(200), millis(50))));
  }

  @Test
  void writerRestsThreeTenthsOfTheIntervalHoweverQuickItIs() {
    IdleFlush hasty = new IdleFlush(Duration.ofMillis(400));
    hasty.polled(0);
    assertFalse(hasty.isDue(millis(300), new Resting(millis(120) - 1, millis(2))));
    assertTrue(hasty.isDue(millis(300), new Resting(millis(120), millis(2))));
  }

  @Test
  void writerRestsNoLongerForALongInterval() {
    IdleFlush patient = new IdleFlush(Duration.ofHours(1));
    patient.polled(0);
    assertFalse(patient.isDue(millis(300), new Resting(millis(140) - 1, millis(2))));
    assertTrue(patient.isDue(millis(300), new Resting(millis(140), millis(2))));
  }

  /** Nothing wakes the task up when a commit ends: it must look often enough, and not too often. */
  @ParameterizedTest
  @CsvSource({
    // polled, age, works, rests, worked, look after
    "     0,      5,     ,   200,     10,          0",
    "     0,      5,     ,    15,     10,        125",
    "     0,      5,     ,    15,     50,        185",
    "     0,      5,    7,      ,       ,        140",
    "     0,      5,   70,      ,       ,        280",
    "     3,      5,     ,    15,     10,        125",
    "     3,      5,     ,   200,     10,          1",
    "   500,      5,     ,   200,     10,          1",
    "     3,     60,     ,   200,     10,          0",
  })
  void nextLookIsNotBeforeABatchCanBeDue(
      int polled, int age, Integer works, Integer rests, Integer worked, int after) {
    flush.polled(polled);
    Activity activity =
        works == null ? new Resting(millis(rests), millis(worked)) : new Working(millis(works));
    assertEquals(millis(after), flush.nanosUntilDue(millis(age), activity));
  }

  @Test
  void writerThatHasJustBegunIsLookedAtAgain() {
    flush.polled(0);
    assertTrue(flush.nanosUntilDue(millis(5), new Working(0)) > 0);
  }

  @Test
  void intervalMayBeForEver() {
    IdleFlush never = new IdleFlush(Duration.ofMillis(Long.MAX_VALUE));
    never.polled(IdleFlush.BACKLOG);
    assertFalse(never.isDue(millis(500), RESTED));
  }

  private static long millis(long value) {
    return TimeUnit.MILLISECONDS.toNanos(value);
  }
}
