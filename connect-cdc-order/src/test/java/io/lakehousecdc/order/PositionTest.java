// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionTest {

  @ParameterizedTest(name = "{0}/{1}/{2} is below {3}/{4}/{5}")
  @CsvSource({
    "0, 100, 110, 0, 100, 111",
    "0, 100, 900, 0, 101, 5",
    "0, 900, 900, 1, 5, 5",
    "0, 100, 0, 0, 100, 1",
    "1, 0, 0, 1, 0, 1",
  })
  void epochComesFirstThenTheCommitThenTheChange(
      int epoch, long commitLsn, long lsn, int laterEpoch, long laterCommitLsn, long laterLsn) {
    Position lower = new Position(epoch, commitLsn, lsn);
    Position higher = new Position(laterEpoch, laterCommitLsn, laterLsn);
    assertTrue(lower.isBelow(higher));
    assertFalse(higher.isBelow(lower));
    assertSame(higher, Position.max(lower, higher));
    assertSame(higher, Position.max(higher, lower));
  }

  @Test
  void tiesAreNotBelowEachOther() {
    Position position = new Position(1, 100, 110);
    assertFalse(position.isBelow(new Position(1, 100, 110)));
    assertEquals(0, position.compareTo(new Position(1, 100, 110)));
  }

  @Test
  void changesThatFollowTheSameCommitAreOfOneTransaction() {
    Position position = new Position(1, 100, 110);
    assertTrue(position.isOfSameTransaction(new Position(1, 100, 90)));
    assertFalse(position.isOfSameTransaction(new Position(1, 101, 110)));
    assertFalse(position.isOfSameTransaction(new Position(2, 100, 110)));
  }

  @Test
  void textIsEpochCommitAndChange() {
    assertEquals("1/100/110", new Position(1, 100, 110).toString());
  }
}
