// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import static io.lakehousecdc.sink.change.Cell.ABSENT;
import static io.lakehousecdc.sink.change.Cell.UNCHANGED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CellMergeTest {

  @Test
  void cellsThatTheLaterChangeDoesNotKnowComeFromTheEarlier() {
    Object[] earlier = {1, "a", "b", "c", null};
    Object[] later = {1, "x", UNCHANGED, ABSENT, UNCHANGED};
    assertArrayEquals(new Object[] {1, "x", "b", "c", null}, CellMerge.merge(earlier, later));
    assertSame(UNCHANGED, later[2], "the later change itself is left alone");
  }

  @Test
  void nullIsAValue() {
    Object[] later = {1, null};
    assertSame(later, CellMerge.merge(new Object[] {1, "a"}, later));
  }

  @Test
  void unchangedCellOutranksAnAbsentOne() {
    Object[] merged =
        CellMerge.merge(new Object[] {ABSENT, UNCHANGED}, new Object[] {UNCHANGED, ABSENT});
    assertArrayEquals(new Object[] {UNCHANGED, UNCHANGED}, merged);
  }

  @Test
  void onlyAnUnchangedCellCountsAsUnchanged() {
    assertTrue(CellMerge.hasUnchanged(new Object[] {1, UNCHANGED}));
    assertFalse(CellMerge.hasUnchanged(new Object[] {1, ABSENT, null}));
  }
}
