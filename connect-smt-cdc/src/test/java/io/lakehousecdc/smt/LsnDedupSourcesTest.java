// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static io.lakehousecdc.smt.DedupRun.ORDERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of {@link LsnDedup} with several sources that feed one topic. */
class LsnDedupSourcesTest {
  private static final long MOVED = 1_800_000_000_000L;

  /** How a record tells its source. */
  enum Told {
    BY_ENVELOPE(table -> table),
    BY_FIELDS(table -> table.flattened(adding("add.fields"))),
    BY_HEADERS(table -> table.flattened(adding("add.headers")));

    private final java.util.function.UnaryOperator<DebeziumTable> shaping;

    Told(java.util.function.UnaryOperator<DebeziumTable> shaping) {
      this.shaping = shaping;
    }

    DebeziumTable from(String server) {
      return shaping.apply(ORDERS.source(server, "shop"));
    }

    private static Map<String, String> adding(String target) {
      return Map.of(target, "op,source.name,source.sequence,source.snapshot,source.ts_ms");
    }
  }

  private final DedupRun run = new DedupRun();
  private long offset;

  @AfterEach
  void close() {
    run.close();
  }

  @ParameterizedTest
  @EnumSource
  void shardsThatAlternateRaiseNoEpoch(Told told) {
    DebeziumTable high = told.from("north");
    DebeziumTable low = told.from("south");
    for (long i = 0; i < 20; i++) {
      assertTrue(passes(high.update(5_000 + 10 * i, 5_005 + 10 * i, i, "a")));
      assertTrue(passes(low.update(100 + 10 * i, 105 + 10 * i, 100 + i, "b").tsMs(MOVED + i)));
    }
    assertEquals(0, run.metric("Epochs"));
    assertEquals(0, run.metric("Dropped"));
  }

  @ParameterizedTest
  @EnumSource
  void whatOneShardEmitsAgainIsDropped(Told told) {
    DebeziumTable high = told.from("north");
    DebeziumTable low = told.from("south");
    assertTrue(passes(high.create(5_000, 5_005, 1L, "a")));
    assertTrue(passes(low.create(100, 105, 2L, "b")));
    assertTrue(passes(high.update(6_000, 6_005, 1L, "c")));
    assertTrue(passes(low.update(200, 205, 2L, "d")));
    assertFalse(passes(high.create(5_000, 5_005, 1L, "a")));
    assertFalse(passes(low.create(100, 105, 2L, "b")));
    assertEquals(0, run.metric("Epochs"));
  }

  @Test
  void truncateOfOneShardLeavesTheOthersChanges() {
    DebeziumTable high = Told.BY_ENVELOPE.from("north");
    DebeziumTable low = Told.BY_ENVELOPE.from("south");
    assertTrue(passes(low.create(100, 105, 2L, "b")));
    assertTrue(passes(high.truncate(5_000, 5_010).tsMs(MOVED)));
    assertTrue(passes(low.update(110, 115, 2L, "c")));
    assertTrue(passes(low.create(50, 60, 3L, "late")));
    assertTrue(passes(low.snapshot(120, 4L, "read")));
    assertFalse(passes(high.create(4_000, 4_010, 1L, "before its own truncate")));
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void sourceUnderAnotherPrefixReplacesTheOne(Told told) {
    DebeziumTable blue = told.from("blue");
    DebeziumTable green = told.from("green");
    assertTrue(passes(blue.update(5_000, 5_010, 1L, "blue")));
    assertTrue(passes(blue.update(6_000, 6_010, 2L, "blue")));
    assertTrue(passes(green.snapshot(100, 1L, "green").tsMs(MOVED)));
    assertTrue(passes(green.snapshot(100, 2L, "green").tsMs(MOVED)));
    assertTrue(passes(green.update(0, 110, 1L, "newer").withoutCommitLsn().tsMs(MOVED + 1)));
    assertTrue(passes(green.incrementalSnapshot(120, 120, 2L, "read again").tsMs(MOVED + 2)));
    assertFalse(passes(green.snapshot(100, 1L, "green").tsMs(MOVED)));
    assertEquals(0, run.metric("Epochs"));
  }

  @Test
  void changeIsNoDuplicateOfAnotherSourcesWhoseTimeIsTheSame() {
    DebeziumTable blue = Told.BY_ENVELOPE.from("blue");
    DebeziumTable green = Told.BY_ENVELOPE.from("green");
    assertTrue(passes(blue.update(5_000, 5_010, 1L, "blue").tsMs(MOVED)));
    assertTrue(passes(green.update(100, 110, 1L, "green").tsMs(MOVED)));
    assertTrue(passes(blue.update(5_000, 5_020, 1L, "blue").tsMs(MOVED)));
  }

  @Test
  void historyOfOneSourceLeavesTheOthersAlone() {
    DebeziumTable north = Told.BY_ENVELOPE.from("north");
    DebeziumTable south = Told.BY_ENVELOPE.from("south");
    assertTrue(passes(north.update(5_000, 5_010, 1L, "a")));
    assertTrue(passes(south.update(4_000, 4_010, 2L, "b")));
    assertTrue(passes(north.update(100, 110, 1L, "failed over").tsMs(MOVED)));
    assertEquals(1, run.metric("Epochs"));
    assertTrue(passes(south.update(4_100, 4_110, 2L, "goes on").tsMs(MOVED + 1)));
    assertFalse(passes(south.update(4_000, 4_010, 2L, "b")));
    assertEquals(1, run.metric("Epochs"));
  }

  private boolean passes(DebeziumEvent event) {
    return run.apply(event.at("all", 0, offset++)) != null;
  }
}
