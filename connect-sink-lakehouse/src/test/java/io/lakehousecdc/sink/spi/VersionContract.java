// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.at;
import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.version.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The rows of {@code write.mode=history}: slowly changing dimensions of type 2. Commit times are a
 * thousand times the LSN, see {@link Batches#info}.
 */
interface VersionContract extends Warehouse {

  /** Number of random sequences of changes that each random test tries. */
  default int versionSeeds() {
    return 4;
  }

  @Test
  default void everyChangeMakesAVersion() {
    PartitionOwner owner = owner(versions());
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).create(11, 2, "b", "y", 2L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "aa", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).delete(30, 1).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "aa", "x", 1L, 20_000L, 30_000L, false),
        row(2, "b", "y", 2L, 11_000L, null, true));
  }

  @Test
  default void changesOfOneBatchMakeVersionsInOrder() {
    CommitReceipt receipt =
        owner(versions())
            .commit(
                batch(ITEMS, ITEM)
                    .create(10, 1, "a", "x", 1L)
                    .upsert(20, 1, "b", "x", 2L)
                    .delete(30, 1)
                    .create(40, 1, "c", "z", 3L)
                    .build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "b", "x", 2L, 20_000L, 30_000L, false),
        row(1, "c", "z", 3L, 40_000L, null, true));
    assertThat(receipt.upserted()).isEqualTo(3);
    assertThat(receipt.deleted()).isEqualTo(1);
  }

  @Test
  default void transactionThatIsCutMakesOneVersion() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).change(update(15, 20, "b", "x", 2L)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(15, 21, "c", Cell.UNCHANGED, 3L)).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 15_000L, false), row(1, "c", "x", 3L, 15_000L, null, true));
    owner.commit(batch(ITEMS, ITEM).change(update(15, 20, "b", "x", 2L)).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 15_000L, false), row(1, "c", "x", 3L, 15_000L, null, true));
  }

  @Test
  default void rowThatItsTransactionDeletesAgainIsNoVersion() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).change(update(15, 20, "b", "x", 2L)).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .change(new RowChange.Delete(RowKey.of(1), null, info(Operation.DELETE, 15, 21)))
            .build());
    assertThatVersions(row(1, "a", "x", 1L, 10_000L, 15_000L, false));
  }

  @Test
  default void updateThatChangesNothingMakesNoVersion() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", null, 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "a", null, 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(30, 1, "a", Cell.UNCHANGED, Cell.ABSENT).build());
    assertThatVersions(row(1, "a", null, 1L, 10_000L, null, true));
    owner.commit(batch(ITEMS, ITEM).upsert(40, 1, "a", "x", 1L).build());
    assertThatVersions(
        row(1, "a", null, 1L, 10_000L, 40_000L, false), row(1, "a", "x", 1L, 40_000L, null, true));
  }

  @Test
  default void rowsOfALaterSnapshotMakeVersionsWhereTheyDiffer() {
    PartitionOwner owner = owner(versions());
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).create(11, 2, "b", "y", 2L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .change(read(50, 1, "a", "x", 1L))
            .change(read(50, 2, "bb", "y", 2L))
            .build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, null, true),
        row(2, "b", "y", 2L, 11_000L, 50_000L, false),
        row(2, "bb", "y", 2L, 50_000L, null, true));
  }

  /** The transaction that comes first after a snapshot shares its position. */
  @Test
  default void firstTransactionAfterASnapshotMakesAVersion() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).change(read(50, 1, "a", "x", 1L)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(50, 60, "b", "x", 1L)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(50, 60, "b", "x", 1L)).build());
    assertThat(rows(ITEMS)).hasSize(2);
    assertThatRows(ITEMS, "id", "name", "is_current")
        .areExactly(row(1, "a", false), row(1, "b", true));
  }

  @Test
  default void firstVersionsOfASnapshotCanBeValidSinceEver() {
    PartitionOwner owner =
        owner(
            TableOptions.DEFAULT.withHistory(
                new HistoryOptions(HistoryColumns.DEFAULT, Since.BEGINNING, TrackedColumns.ALL)));
    owner.commit(
        batch(ITEMS, ITEM).change(read(50, 1, "a", "x", 1L)).create(60, 2, "b", "y", 2L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(70, 1, "aa", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).change(read(80, 1, "aaa", "x", 1L)).build());
    Column time = Batches.optional("valid_from", Primitive.TIMESTAMPTZ);
    assertThatVersions(
        row(1, "a", "x", 1L, stored(time, Version.BEGINNING), 70_000L, false),
        row(1, "aa", "x", 1L, 70_000L, 80_000L, false),
        row(1, "aaa", "x", 1L, 80_000L, null, true),
        row(2, "b", "y", 2L, 60_000L, null, true));
  }

  @Test
  default void columnsThatAreNotTrackedAreUpdatedInPlace() {
    TrackedColumns tracked = new TrackedColumns(Map.of(), Map.of("shop.items", Set.of("qty")));
    PartitionOwner owner =
        owner(
            TableOptions.DEFAULT.withHistory(
                new HistoryOptions(HistoryColumns.DEFAULT, Since.FIRST_CHANGE, tracked)));
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "a", Cell.UNCHANGED, 2L).build());
    assertThatVersions(row(1, "a", "x", 2L, 10_000L, null, true));
    owner.commit(batch(ITEMS, ITEM).upsert(30, 1, "b", Cell.UNCHANGED, 3L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(40, 1, "b", Cell.UNCHANGED, Cell.ABSENT).build());
    assertThatVersions(
        row(1, "a", "x", 2L, 10_000L, 30_000L, false), row(1, "b", "x", 3L, 30_000L, null, true));
  }

  @Test
  default void insertAfterADeleteLeavesAGap() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).delete(20, 1).build());
    owner.commit(batch(ITEMS, ITEM).create(30, 1, "a", "x", 1L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false), row(1, "a", "x", 1L, 30_000L, null, true));
  }

  @Test
  default void truncateEndsAllVersionsBelow() {
    PartitionOwner owner = owner(versions());
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).create(11, 2, "b", "y", 2L).build());
    owner.commit(batch(ITEMS, ITEM).delete(12, 2).create(40, 3, "c", "z", 3L).build());
    owner.commit(truncate(30).create(41, 1, "again", "x", 1L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 30_000L, false),
        row(1, "again", "x", 1L, 41_000L, null, true),
        row(2, "b", "y", 2L, 11_000L, 12_000L, false),
        row(3, "c", "z", 3L, 40_000L, null, true));
  }

  /** Another partition has brought what came after the truncate before. */
  @Test
  default void truncateThatComesLateEndsWhatWentOnBeyondIt() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).create(40, 1, "again", "x", 1L).build());
    owner.commit(truncate(30).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "late", "x", 1L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "late", "x", 1L, 20_000L, 30_000L, false),
        row(1, "again", "x", 1L, 40_000L, null, true));
  }

  @Test
  default void changeThatComesAfterATruncateOfLaterEndsThere() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(truncate(30).build());
    owner.commit(batch(ITEMS, ITEM).create(20, 2, "late", "y", 2L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 30_000L, false),
        row(2, "late", "y", 2L, 20_000L, 30_000L, false));
  }

  @Test
  default void sweepEndsRowsThatTheSnapshotDidNotContain() {
    PartitionOwner owner = owner(versions()).completed(50);
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).create(11, 2, "b", "y", 2L).build());
    owner.commit(batch(ITEMS, ITEM).change(read(50, 1, "a", "x", 1L)).build());
    CommitReceipt receipt = owner.commit(sweep(50, Sweep.Mode.REMOVE));
    assertThat(receipt.orphaned()).isEqualTo(1);
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, null, true), row(2, "b", "y", 2L, 11_000L, 50_000L, false));
  }

  @Test
  default void reportedSweepChangesNothing() {
    PartitionOwner owner = owner(versions()).completed(50);
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    CommitReceipt receipt = owner.commit(sweep(50, Sweep.Mode.REPORT));
    assertThat(receipt.orphaned()).isEqualTo(1);
    assertThatVersions(row(1, "a", "x", 1L, 10_000L, null, true));
  }

  @Test
  default void changedKeyEndsOneRowAndBeginsTheOther() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(
        batch(ITEMS, ITEM)
            .delete(20, 1)
            .moved(RowKey.of(1), 20, 2, "a", Cell.UNCHANGED, 1L)
            .build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false), row(2, "a", "x", 1L, 20_000L, null, true));
  }

  @Test
  default void untouchedValuesComeFromTheVersionBefore() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(20, 1, "b", Cell.UNCHANGED, 2L)
                .upsert(30, 1, "c", Cell.UNCHANGED, 3L)
                .build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "b", "x", 2L, 20_000L, 30_000L, false),
        row(1, "c", "x", 3L, 30_000L, null, true));
    assertThat(receipt.toastMerged()).isEqualTo(2);
  }

  @Test
  default void untouchedValuesThatAreNotStoredAreRefused() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).delete(15, 1).build());
    assertThatThrownBy(
            () -> owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "b", Cell.UNCHANGED, 2L).build()))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("note");
  }

  @Test
  default void lateChangeSplitsTheVersionThatItFallsInto() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(30, 1, "c", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "b", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(5, 1, "0", "x", 1L).build());
    assertThatVersions(
        row(1, "0", "x", 1L, 5_000L, 10_000L, false),
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "b", "x", 1L, 20_000L, 30_000L, false),
        row(1, "c", "x", 1L, 30_000L, null, true));
  }

  @Test
  default void lateChangeEndsWhereTheRowWasDeleted() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).delete(30, 1).build());
    owner.commit(batch(ITEMS, ITEM).create(40, 1, "c", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "b", "x", 1L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "b", "x", 1L, 20_000L, 30_000L, false),
        row(1, "c", "x", 1L, 40_000L, null, true));
  }

  @Test
  default void lateDeleteLeavesAGap() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).create(30, 1, "c", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).delete(20, 1).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false), row(1, "c", "x", 1L, 30_000L, null, true));
  }

  /** An update that changed nothing is known of by its position alone. */
  @Test
  default void lateChangeBeforeOneThatChangedNothingIsTakenBackThere() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(30, 1, "a", "x", 1L).build());
    owner.commit(batch(ITEMS, ITEM).upsert(20, 1, "b", "x", 1L).build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(1, "b", "x", 1L, 20_000L, 30_000L, false),
        row(1, "a", "x", 1L, 30_000L, null, true));
  }

  @Test
  default void versionsNeverOverlapWhenTheClockIsSetBack() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).change(create(10, 9_000)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(20, 7_000)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(30, 8_000)).build());
    owner.commit(batch(ITEMS, ITEM).change(update(40, 10_000)).build());
    assertThatRows(ITEMS, "id", "name", "valid_from", "valid_to")
        .areExactly(
            row(1, "at10", 9_000L, 9_000L),
            row(1, "at20", 9_000L, 9_000L),
            row(1, "at30", 9_000L, 10_000L),
            row(1, "at40", 10_000L, null));
  }

  @Test
  default void laterHistoryComesAfterAnEarlierOne() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    ChangeInfo later = new ChangeInfo(Operation.UPDATE, new Position(1, 5, 5), 20_000);
    owner.commit(
        batch(ITEMS, ITEM)
            .change(new RowChange.Upsert(RowKey.of(1), new Object[] {1, "b", "x", 1L}, later))
            .build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false), row(1, "b", "x", 1L, 20_000L, null, true));
  }

  @Test
  default void newColumnsJoinTheVersionsFromThenOn() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    List<Column> columns = new ArrayList<>(ITEM.columns());
    columns.add(Batches.optional("extra", Primitive.INT64));
    RowSchema wider = new RowSchema(columns, ITEM.keyColumns());
    owner.commit(batch(ITEMS, wider).upsert(20, 1, "a", "x", 1L, 7L).build());
    assertThatRows(ITEMS, "id", "extra", "valid_from", "valid_to")
        .areExactly(row(1, null, 10_000L, 20_000L), row(1, 7L, 20_000L, null));
  }

  /** The row is not stored under the new key when the update comes. */
  @Test
  default void untouchedValuesOfAnUpdateAfterAChangedKeyComeFromTheFormerKey() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    HistoryBatchBuilder changes = new HistoryBatchBuilder(ITEMS);
    delete(changes, 1, 20, 20);
    upsert(changes, Operation.CREATE, 20, 20, 2, "a", Cell.UNCHANGED, 1L);
    upsert(changes, Operation.UPDATE, 30, 30, 2, "b", Cell.UNCHANGED, 2L);
    upsert(changes, Operation.UPDATE, 40, 40, 2, "c", Cell.UNCHANGED, 2L);
    owner.commit(changes.build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 20_000L, false),
        row(2, "a", "x", 1L, 20_000L, 30_000L, false),
        row(2, "b", "x", 2L, 30_000L, 40_000L, false),
        row(2, "c", "x", 2L, 40_000L, null, true));
  }

  @Test
  default void keyThatATransactionChangesTwiceKeepsUntouchedValuesWhereverItIsCut() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    HistoryBatchBuilder first = new HistoryBatchBuilder(ITEMS);
    delete(first, 1, 15, 20);
    upsert(first, Operation.CREATE, 15, 20, 2, "a", Cell.UNCHANGED, 1L);
    owner.commit(first.build());
    HistoryBatchBuilder second = new HistoryBatchBuilder(ITEMS);
    delete(second, 2, 15, 21);
    upsert(second, Operation.CREATE, 15, 21, 3, "a", Cell.UNCHANGED, 1L);
    owner.commit(second.build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 15_000L, false), row(3, "a", "x", 1L, 15_000L, null, true));
  }

  @Test
  default void swappedKeysKeepUntouchedValuesWhereverTheTransactionIsCut() {
    PartitionOwner owner = owner(versions());
    owner.commit(
        batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).create(11, 2, "b", "y", 2L).build());
    HistoryBatchBuilder first = new HistoryBatchBuilder(ITEMS);
    upsert(first, Operation.UPDATE, 15, 20, 1, "aa", Cell.UNCHANGED, 1L);
    owner.commit(first.build());
    HistoryBatchBuilder second = new HistoryBatchBuilder(ITEMS);
    delete(second, 1, 15, 21);
    upsert(second, Operation.CREATE, 15, 21, 9, "aa", Cell.UNCHANGED, 1L);
    delete(second, 2, 15, 22);
    upsert(second, Operation.CREATE, 15, 22, 1, "b", Cell.UNCHANGED, 2L);
    owner.commit(second.build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 15_000L, false),
        row(1, "b", "y", 2L, 15_000L, null, true),
        row(2, "b", "y", 2L, 11_000L, 15_000L, false),
        row(9, "aa", "x", 1L, 15_000L, null, true));
  }

  /** Whether another row had the key is not known where the batch begins within a transaction. */
  @Test
  default void untouchedValuesAreThoseOfTheRowThatWasCreatedAnew() {
    PartitionOwner owner = owner(versions());
    owner.commit(batch(ITEMS, ITEM).create(10, 1, "a", "x", 1L).build());
    HistoryBatchBuilder changes = new HistoryBatchBuilder(ITEMS);
    TransactionVisibility part = TransactionVisibility.CONTINUED;
    changes.delete(ITEM, RowKey.of(1), null, info(Operation.DELETE, 15, 20), part);
    changes.upsert(
        ITEM, RowKey.of(1), new Object[] {1, "b", "y", 2L}, info(Operation.CREATE, 15, 21), part);
    changes.upsert(
        ITEM,
        RowKey.of(1),
        new Object[] {1, "c", Cell.UNCHANGED, 2L},
        info(Operation.UPDATE, 30, 30),
        TransactionVisibility.FROM_START);
    owner.commit(changes.build());
    assertThatVersions(
        row(1, "a", "x", 1L, 10_000L, 15_000L, false),
        row(1, "b", "y", 2L, 15_000L, 30_000L, false),
        row(1, "c", "y", 2L, 30_000L, null, true));
  }

  /** Two partitions, cut and interleaved, with truncates; read again from any place. */
  @Test
  default void versionsDoNotDependOnCutsInterleavingsAndReplays() {
    for (int seed = 1; seed <= versionSeeds(); seed++) {
      VersionModel model = VersionModel.random(seed, VersionModel.Kind.ORDERED, 40);
      for (int order = 1; order <= 2; order++) {
        TableId table = new TableId("shop", "ordered_" + seed + "_" + order);
        List<TableBatch> batches = model.interleaved(table, new Random(order));
        PartitionOwner owner = owner(versions());
        batches.forEach(owner::commit);
        assertThatVersions(table, model);
        batches.subList(batches.size() / 2, batches.size()).forEach(owner::commit);
        assertThatVersions(table, model);
      }
    }
  }

  @Test
  default void versionsDoNotDependOnTheOrderOfChanges() {
    for (int seed = 1; seed <= versionSeeds(); seed++) {
      VersionModel model = VersionModel.random(seed, VersionModel.Kind.SHUFFLED, 25);
      TableId table = new TableId("shop", "shuffled_" + seed);
      PartitionOwner owner = owner(versions());
      for (TableBatch batch : model.shuffled(table, new Random(seed))) {
        owner.commit(batch);
        assertThatNoneOverlap(table);
      }
      assertThatVersions(table, model);
    }
  }

  private void assertThatNoneOverlap(TableId table) {
    Map<Object, List<Map<String, Object>>> byKey =
        rows(table).stream().collect(Collectors.groupingBy(row -> row.get("id")));
    byKey.forEach(
        (key, rows) -> {
          List<Map<String, Object>> sorted = new ArrayList<>(rows);
          sorted.sort(
              Comparator.comparing((Map<String, Object> row) -> (Long) row.get("valid_from"))
                  .thenComparing(
                      row ->
                          Objects.requireNonNullElse((Long) row.get("valid_to"), Long.MAX_VALUE)));
          for (int i = 1; i < sorted.size(); i++) {
            assertThat((Long) sorted.get(i - 1).get("valid_to"))
                .as("end of a version of %s, of %s", key, sorted)
                .isNotNull()
                .isLessThanOrEqualTo((Long) sorted.get(i).get("valid_from"));
          }
        });
  }

  private void assertThatVersions(TableId table, VersionModel model) {
    assertThatRows(table, "id", "name", "note", "qty", "valid_from", "valid_to", "is_current")
        .areExactly(model.rows());
  }

  @SafeVarargs
  private void assertThatVersions(List<Object>... rows) {
    assertThatRows(ITEMS, "id", "name", "note", "qty", "valid_from", "valid_to", "is_current")
        .areExactly(rows);
  }

  private static TableOptions versions() {
    return TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);
  }

  private static ChangeInfo info(Operation operation, long commitLsn, long lsn) {
    return new ChangeInfo(operation, new Position(0, commitLsn, lsn), commitLsn * 1_000);
  }

  private static RowChange update(long commitLsn, long lsn, Object... values) {
    Object[] cells = {1, values[0], values[1], values[2]};
    return new RowChange.Upsert(RowKey.of(1), cells, info(Operation.UPDATE, commitLsn, lsn));
  }

  private static RowChange update(long lsn, long micros) {
    return change(Operation.UPDATE, lsn, micros);
  }

  private static RowChange create(long lsn, long micros) {
    return change(Operation.CREATE, lsn, micros);
  }

  private static RowChange change(Operation operation, long lsn, long micros) {
    Object[] cells = {1, "at" + lsn, "x", 1L};
    return new RowChange.Upsert(RowKey.of(1), cells, new ChangeInfo(operation, at(lsn), micros));
  }

  private static RowChange read(long snapshotLsn, Object... cells) {
    ChangeInfo info =
        new ChangeInfo(Operation.READ, new Position(0, snapshotLsn, 0), snapshotLsn * 1_000);
    return new RowChange.Upsert(RowKey.of(cells[0]), cells, info);
  }

  private static Floor floor(Position at, Floor.Cause cause) {
    return new Floor(at, cause, Set.of(), Set.of(), Long.MAX_VALUE, at.commitLsn() * 1_000);
  }

  private static Batches truncate(long lsn) {
    return batch(ITEMS, ITEM).truncate(floor(at(lsn), Floor.Cause.TRUNCATE));
  }

  private static TableBatch sweep(long snapshotLsn, Sweep.Mode mode) {
    Position below = new Position(0, snapshotLsn, 0);
    Sweep sweep = new Sweep(P0.topic(), floor(below, Floor.Cause.SWEEP), mode);
    return new TableBatch(ITEMS, ITEM, List.of(), List.of(), Optional.of(sweep));
  }

  private static void delete(HistoryBatchBuilder changes, int key, long commitLsn, long lsn) {
    changes.delete(
        ITEM,
        RowKey.of(key),
        null,
        info(Operation.DELETE, commitLsn, lsn),
        TransactionVisibility.NONE);
  }

  private static void upsert(
      HistoryBatchBuilder changes, Operation operation, long commitLsn, long lsn, Object... cells) {
    changes.upsert(
        ITEM,
        RowKey.of(cells[0]),
        cells,
        info(operation, commitLsn, lsn),
        TransactionVisibility.NONE);
  }
}
