// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import io.lakehousecdc.sink.spi.PartitionOwner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Receipts tell why changes were skipped, with an example of each reason. */
class PostgresSkipsIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  @Test
  void newerRowsAndRowsOfLaterHistoriesOutrank() {
    PartitionOwner owner = owner();
    owner.commit(
        batch(ITEMS, NAMED)
            .upsert(10, 1, "a")
            .upsert(10, 2, "b")
            .upsert(new Position(1, 5, 5), 3, "c")
            .build());
    Skips skips =
        owner
            .commit(
                batch(ITEMS, NAMED)
                    .upsert(8, 1, "old")
                    .delete(9, 2)
                    .upsert(900, 3, "of an older history")
                    .upsert(11, 4, "new")
                    .build())
            .skips();
    assertThat(skips.counts())
        .isEqualTo(Map.of(SkipReason.SUPERSEDED, 2L, SkipReason.OLDER_HISTORY, 1L));
    assertThat(skips.examples())
        .hasSize(2)
        .contains(
            new SkippedChange(
                ITEMS,
                SkipReason.OLDER_HISTORY,
                RowKey.of(3),
                new Position(0, 900, 900),
                new Position(1, 5, 5)));
    assertThat(database.rows("select name from items order by id"))
        .containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("new"));
  }

  @Test
  void truncatesAndSweepsAreToldApart() {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(5, 1, "a").build());
    owner.commit(batch(ITEMS, NAMED).truncate(10).build());
    assertThat(owner.commit(batch(ITEMS, NAMED).upsert(7, 1, "late").build()).skips())
        .isEqualTo(below(SkipReason.BELOW_TRUNCATE, new Position(0, 10, 10)));
    owner.completed(100).commit(batch(ITEMS, NAMED).sweep("topic", 100, Sweep.Mode.REMOVE).build());
    assertThat(owner.commit(batch(ITEMS, NAMED).upsert(7, 1, "late").build()).skips())
        .isEqualTo(below(SkipReason.BELOW_SWEEP, new Position(0, 100, 0)));
  }

  @Test
  void changesThatComeAgainFindNoRow() {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(50, 9, "other").build());
    Object[] unchanged = {1, Cell.UNCHANGED};
    Object[] moved = {3, Cell.UNCHANGED};
    ChangeInfo again =
        new ChangeInfo(Operation.UPDATE, new Position(0, 10, 10), 1_500, Delivery.AGAIN);
    Skips skips =
        owner
            .commit(
                new TableBatch(
                    ITEMS,
                    NAMED,
                    List.of(
                        new RowChange.Upsert(RowKey.of(1), unchanged, again),
                        new RowChange.Upsert(
                            RowKey.of(3),
                            moved,
                            again,
                            new FormerRow(
                                RowKey.of(2), null, again.position(), Cause.CHANGED_KEY))),
                    List.of(),
                    Optional.empty()))
            .skips();
    assertThat(skips.counts()).isEqualTo(Map.of(SkipReason.NO_ROW, 2L));
    assertThat(database.rows("select id from items")).containsExactly(List.of(9));
  }

  @Test
  void changesThatComeAgainFindNoRowWhereOthersSwapUniqueValues() {
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, NAMED).upsert(50, 8, "x").upsert(50, 9, "y").build());
    database.execute("create unique index on items (name)");
    ChangeInfo again =
        new ChangeInfo(Operation.UPDATE, new Position(0, 10, 10), 1_500, Delivery.AGAIN);
    ChangeInfo swap = new ChangeInfo(Operation.UPDATE, new Position(0, 60, 60), 1_600);
    Skips skips =
        owner
            .commit(
                new TableBatch(
                    ITEMS,
                    NAMED,
                    List.of(
                        new RowChange.Upsert(RowKey.of(1), new Object[] {1, Cell.UNCHANGED}, again),
                        new RowChange.Upsert(RowKey.of(8), new Object[] {8, "y"}, swap),
                        new RowChange.Upsert(RowKey.of(9), new Object[] {9, "x"}, swap)),
                    List.of(),
                    Optional.empty()))
            .skips();
    assertThat(skips.counts()).isEqualTo(Map.of(SkipReason.NO_ROW, 1L));
    assertThat(database.rows("select id, name from items order by id"))
        .containsExactly(List.of(8, "y"), List.of(9, "x"));
  }

  private static Skips below(SkipReason reason, Position floor) {
    return Skips.of(new SkippedChange(ITEMS, reason, RowKey.of(1), new Position(0, 7, 7), floor));
  }
}
