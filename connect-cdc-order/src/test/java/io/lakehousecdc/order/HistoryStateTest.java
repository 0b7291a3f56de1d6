// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryStateTest {

  @ParameterizedTest(name = "epoch {0}, high-water mark {1}, completed {2}: past 1/500/0: {3}")
  @CsvSource({
    "1, 499, -1, false",
    "1, 500, -1, false",
    "1, 501, -1, true",
    "1, 500, 500, true",
    "1, 400, 600, true",
    "0, 900, 900, false",
    "2, 5, -1, true",
  })
  void streamIsPastASnapshotAfterItsEndOrALaterChangeOrInALaterEpoch(
      int epoch, long commitLsn, long completed, boolean past) {
    HistoryState state =
        new HistoryState(new Position(epoch, commitLsn, 0), commitLsn, completed, 10);
    assertEquals(past, state.isPast(new Position(1, 500, 0)));
  }

  @Test
  void greaterEpochForgetsPositionsAndSnapshotsButNoCommitTime() {
    HistoryState state = new HistoryState(new Position(1, 900, 910), 500, 500, 10);
    assertSame(state, state.inEpochFrom(1));
    assertEquals(
        new HistoryState(new Position(3, 0, 0), SourcePosition.NONE, SourcePosition.NONE, 10),
        state.inEpochFrom(3));
  }

  @Test
  void unreadStreamIsPastNothing() {
    assertEquals(false, HistoryState.fresh(0).isPast(new Position(0, 500, 0)));
  }
}
