// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.TableStatus.Reconciled;
import io.lakehousecdc.sink.spi.TableStatus.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The status of tables: added up, told to readers, and nothing that a commit depends on. */
interface StatusContract extends Warehouse {
  Key OF_ITEMS = new Key("src.shop.items", ITEMS);
  Key OF_DAYS = new Key("src.shop.days", new TableId("", "days"));

  /** Reads the status of a connector's tables, in any order. */
  List<TableStatus> status(String connector);

  @Test
  default void everythingThatIsToldIsReadBack() {
    TableStatus all =
        new TableStatus(
            OF_DAYS,
            new Counts(1, 2, 3, 4, 5, 6),
            Map.of(SkipReason.SUPERSEDED, 7L, SkipReason.NOTHING_TO_DELETE, 8L),
            new Applied(
                new Position(-1, 1L << 40, 9), 1_700_000_000_123_456L, 1_700_000_001_000_001L),
            1_700_000_001_000_002L,
            new Told("A value of column \"day\" does not fit; it's 'one'.", 1_700_000_002_000_000L),
            new Told("The server does not answer.", 1_700_000_003_000_000L),
            1_700_000_004_000_000L,
            new Reconciled(1_700_000_005_000_000L, false, 3));
    open(TableOptions.DEFAULT).report(List.of(all));
    assertThat(status("sink")).containsExactly(all);
  }

  @Test
  default void whatIsToldIsAddedToWhatIsStored() {
    Target target = open(TableOptions.DEFAULT);
    TableStatus first = inserted(OF_ITEMS, 10, 5).rejected(new Told("first", 10));
    TableStatus second = inserted(OF_ITEMS, 3, 7);
    TableStatus other = inserted(OF_DAYS, 1, 1);
    target.report(List.of(first));
    target.report(List.of(other, second));
    target.close();
    assertThat(status("sink")).containsExactlyInAnyOrder(first.plus(second), other);
    open(TableOptions.DEFAULT).report(List.of(first));
    assertThat(status("sink"))
        .as("after a restart")
        .containsExactlyInAnyOrder(first.plus(second).plus(first), other);
  }

  @Test
  default void connectorsHaveStatusOfTheirOwn() {
    open(TableOptions.DEFAULT, new TargetContext("a", 0)).report(List.of(inserted(OF_ITEMS, 1, 1)));
    open(TableOptions.DEFAULT, new TargetContext("a/b", 0))
        .report(List.of(inserted(OF_ITEMS, 2, 1)));
    assertThat(status("a")).containsExactly(inserted(OF_ITEMS, 1, 1));
    assertThat(status("a/b")).containsExactly(inserted(OF_ITEMS, 2, 1));
    assertThat(status("b")).isEmpty();
  }

  @Test
  default void tasksThatTellOfOneTableAtTheSameTimeAreBothCounted() {
    List<Target> tasks = new ArrayList<>();
    for (int task = 0; task < 2; task++) {
      tasks.add(open(TableOptions.DEFAULT, new TargetContext("sink", task, 2)));
    }
    CompletableFuture.allOf(
            IntStream.range(0, 2)
                .mapToObj(
                    task ->
                        CompletableFuture.runAsync(
                            () -> {
                              for (int i = 0; i < 5; i++) {
                                tasks.get(task).report(List.of(inserted(OF_ITEMS, 1, i + 1)));
                              }
                            }))
                .toArray(CompletableFuture[]::new))
        .join();
    assertThat(status("sink")).containsExactly(inserted(OF_ITEMS, 10, 5));
  }

  @Test
  default void statusOfACommitIsStoredOnceOrNotAtAll() {
    Target target = open(TableOptions.DEFAULT);
    target.report(List.of());
    PartitionOwner owner = PartitionOwner.of(target, P0);
    Commit commit =
        owner
            .prepare(
                batch(ITEMS, ITEM)
                    .upsert(1, 1, "one", null, null)
                    .upsert(1, 2, "two", null, null)
                    .build())
            .with(List.of(inserted(OF_ITEMS, 2, 1), inserted(OF_DAYS, 4, 1)));
    CommitReceipt receipt = owner.commit(commit);
    assertThat(receipt.isStatusWritten())
        .isEqualTo(target.statusWrites() == StatusWrites.WITH_COMMITS);
    assertThat(target.commit(commit)).as("receipt of the same commit again").isEqualTo(receipt);
    if (receipt.isStatusWritten()) {
      assertThat(status("sink"))
          .containsExactlyInAnyOrder(
              inserted(OF_ITEMS, 2, 1).with(new CommitReceipt(2, 0, 0, 0, 0)),
              inserted(OF_DAYS, 4, 1));
    } else {
      assertThat(status("sink")).isEmpty();
    }
  }

  @Test
  default void statusOfACommitThatIsRefusedIsNotStored() {
    Target late = open(TableOptions.DEFAULT);
    late.report(List.of());
    PartitionOwner zombie = PartitionOwner.of(late, P0);
    owner(TableOptions.DEFAULT).commit(batch(ITEMS, ITEM).upsert(1, 1, "one", null, null).build());
    Commit refused =
        zombie
            .prepare(batch(ITEMS, ITEM).upsert(2, 1, "zombie", null, null).build())
            .with(List.of(inserted(OF_ITEMS, 1, 1)));
    assertThatExceptionOfType(FencedException.class).isThrownBy(() -> late.commit(refused));
    assertThat(status("sink")).isEmpty();
  }

  @Test
  default void receiptTellsWhatConcernsEachTable() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    TableId others = new TableId("shop", "others");
    owner.commit(batch(ITEMS, ITEM).upsert(5, 1, "one", null, null).build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(6, 2, "two", null, null)
                .upsert(4, 1, "late", null, null)
                .build(),
            batch(others, ITEM).upsert(6, 1, "one", null, null).build());
    assertThat(receipt.tables().keySet()).containsExactlyInAnyOrder(ITEMS, others);
    assertThat(Warehouse.counted(receipt.tables().get(ITEMS)))
        .isEqualTo(new CommitReceipt(1, 0, 1, 0, 0));
    assertThat(receipt.tables().get(ITEMS).skips().counts())
        .containsExactly(Map.entry(SkipReason.SUPERSEDED, 1L));
    assertThat(Warehouse.counted(receipt.tables().get(others)))
        .isEqualTo(new CommitReceipt(1, 0, 0, 0, 0));
    assertThatRows(ITEMS, "id", "name").areExactly(row(1, "one"), row(2, "two"));
  }

  /** So many rows inserted, up to a position and time of the source. */
  private static TableStatus inserted(Key key, int count, int upTo) {
    return new TableStatus(
        key,
        new Counts(count, 0, 0, 0, 0, 0),
        Map.of(),
        new Applied(new Position(0, upTo, upTo), upTo * 1_000L, upTo * 1_000L),
        upTo * 1_000L,
        null,
        null,
        0,
        null);
  }
}
