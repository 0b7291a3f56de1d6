// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rows that events become in a log. */
class LogRowsTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final Object[] OLD = {1, "old", "text"};
  private static final Object[] NEW = {1, "new", "text"};

  @Test
  void updateIsOneRowWhereItsOldRowIsNotWanted() {
    assertThat(rows(log(false, true), event(Operation.UPDATE, null, NEW, OLD)))
        .containsExactly(List.of(1, "new", "text", 77L));
  }

  @Test
  void updateIsTwoRowsWhereItsOldRowIsSent() {
    assertThat(rows(log(true, true), event(Operation.UPDATE, null, NEW, OLD)))
        .containsExactly(
            List.of(1, "old", "text", "update_preimage", 77L),
            List.of(1, "new", "text", "update_postimage", 77L));
  }

  @Test
  void updateIsItsPostimageWhereItsOldRowIsNotSent() {
    assertThat(rows(log(true, false), event(Operation.UPDATE, null, NEW, null)))
        .containsExactly(List.of(1, "new", "text", "update_postimage"));
  }

  @Test
  void otherChangesAreOneRow() {
    List<RowChange> changes =
        changes(
            log(true, false),
            event(Operation.READ, null, NEW, null),
            event(Operation.CREATE, null, NEW, null),
            event(Operation.DELETE, null, null, OLD),
            event(Operation.DELETE, null, null, null),
            new TombstoneEvent(History.TABLE, History.SCHEMA, RowKey.of(1), at()));
    assertThat(changes)
        .extracting(change -> change.cells()[3])
        .containsExactly("insert", "insert", "delete", "delete", "delete");
    assertThat(changes.get(2).cells()).startsWith(OLD);
    assertThat(changes.get(3).cells()).startsWith(null, null, null);
    assertThat(changes).extracting(change -> change.key().value(0)).containsOnly(1);
  }

  /** A key of key.columns. */
  @Test
  void preimageHasTheOldKey() {
    assertThat(
            changes(log(true, true), event(Operation.UPDATE, RowKey.of(9), NEW, null)).stream()
                .map(change -> change.key().value(0)))
        .containsExactly(9, 1);
  }

  @Test
  void truncateIsARowWithoutAKeyInABatchOfItsOwn() {
    BatchContent content = new BatchContent(log(true, true));
    add(content, event(Operation.CREATE, null, NEW, null));
    TruncateEvent truncate = new TruncateEvent(History.TABLE, null, at(), 78);
    assertThat(content.accepts(truncate)).isFalse();
    assertThat(rows(log(true, true), truncate)).containsExactly(Arrays.asList(null, 78L));
    assertThat(changes(log(true, true), truncate))
        .singleElement()
        .isInstanceOf(RowChange.Delete.class)
        .satisfies(change -> assertThat(change.key().size()).isZero())
        .satisfies(change -> assertThat(change.info().operation()).isEqualTo(Operation.TRUNCATE))
        .satisfies(change -> assertThat(change.info().commitMicros()).isEqualTo(10));
  }

  @Test
  void unknownTransactionIsNull() {
    RowEvent event =
        new RowEvent(
            History.TABLE, History.SCHEMA, Operation.CREATE, RowKey.of(1), NEW, null, null, at());
    assertThat(rows(log(false, true), event))
        .containsExactly(Arrays.asList(1, "new", "text", null));
  }

  @Test
  void sourceColumnOfTheSameNameStopsTheTask() {
    MetadataColumns names = names(Optional.of("body"), Optional.empty());
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(() -> rows(options(names), event(Operation.CREATE, null, NEW, null)))
        .withMessageContaining("body")
        .withMessageContaining("metadata.column.change_type");
    MetadataColumns other = names(Optional.empty(), Optional.of("name"));
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(() -> rows(options(other), event(Operation.CREATE, null, NEW, null)))
        .withMessageContaining("metadata.column.txid");
  }

  private static List<List<Object>> rows(TableOptions options, ChangeEvent... events) {
    return changes(options, events).stream().map(change -> Arrays.asList(change.cells())).toList();
  }

  private static List<RowChange> changes(TableOptions options, ChangeEvent... events) {
    BatchContent content = new BatchContent(options);
    for (ChangeEvent event : events) {
      add(content, event);
    }
    List<RowChange> changes = new ArrayList<>();
    for (TableBatch batch : content.batches()) {
      changes.addAll(batch.changes());
    }
    return changes;
  }

  private static void add(BatchContent content, ChangeEvent event) {
    Position position = new Position(0, 0, 10);
    content.add(
        new Entry(event, position, Delivery.IN_ORDER, null, new RecordOffset(P0, 10), null));
  }

  private static RowEvent event(
      Operation operation, RowKey formerKey, Object[] after, Object[] before) {
    return new RowEvent(
        History.TABLE, History.SCHEMA, operation, RowKey.of(1), after, before, formerKey, at(), 77);
  }

  private static SourcePosition at() {
    return ItemTopics.at(History.SOURCE, 0, 10, 10);
  }

  private static TableOptions log(boolean both, boolean transaction) {
    return options(
        names(
            Optional.of("_cdc_change_type").filter(name -> both),
            Optional.of("_cdc_txid").filter(name -> transaction)));
  }

  private static TableOptions options(MetadataColumns names) {
    return new TableOptions(
        WriteMode.APPEND, DeleteMode.HARD, Evolution.ADDITIVE, names, Optional.empty());
  }

  private static MetadataColumns names(Optional<String> changeType, Optional<String> transaction) {
    MetadataColumns names = MetadataColumns.DEFAULT;
    return new MetadataColumns(
        names.op(),
        names.ts(),
        names.lsn(),
        names.commitLsn(),
        names.epoch(),
        names.deleted(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        changeType,
        transaction);
  }
}
