// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log lists the columns that a change left unchanged; a table of current rows has no list. */
@Timeout(60)
class UnchangedColumnsTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final RowSchema WIDER =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT32, false),
              new Column("added", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));

  private final ItemTopics topics = new ItemTopics(P0);

  @Test
  void logTellsUnchangedValuesFromNull() {
    topics.append();
    addChanges();
    assertThat(lists())
        .containsExactlyInAnyOrder(
            Arrays.asList("a", null),
            Arrays.asList("b", List.of("body")),
            Arrays.asList("c", null));
  }

  @Test
  void tableOfCurrentRowsHasNoSuchColumn() {
    addChanges();
    assertThat(topics.rows())
        .allSatisfy(row -> assertThat(row).doesNotContainKey("_cdc_unchanged"));
  }

  @Test
  void columnsOfOtherSchemasInTheBatchAreNotListed() {
    TableBatch batch =
        content(
            appending(Optional.of("untouched")),
            event(History.SCHEMA, 10, 1, "n", Cell.UNCHANGED),
            event(WIDER, 20, 1, Cell.UNCHANGED, "text"),
            event(History.SCHEMA, 30, 1, "n", "text"));
    int list = batch.schema().indexOf("untouched");
    assertThat(batch.changes())
        .extracting(change -> change.cells()[list])
        .containsExactly(List.of("body"), List.of("added"), null);
  }

  @Test
  void listIsLeftOutWhereItHasNoName() {
    TableBatch batch =
        content(appending(Optional.empty()), event(History.SCHEMA, 10, 1, "n", Cell.UNCHANGED));
    assertThat(batch.schema()).isEqualTo(History.SCHEMA);
  }

  @Test
  void sourceColumnOfTheSameNameStopsTheTask() {
    RowEvent event = event(History.SCHEMA, 10, 1, "n", Cell.UNCHANGED);
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(() -> content(appending(Optional.of("body")), event))
        .withMessageContaining("body")
        .withMessageContaining("metadata.column.unchanged");
  }

  private void addChanges() {
    topics
        .add(P0, Operation.CREATE, 1, new Object[] {1, "a", "text"}, at(10))
        .add(P0, Operation.UPDATE, 1, new Object[] {1, "b", Cell.UNCHANGED}, at(20))
        .add(P0, Operation.UPDATE, 1, new Object[] {1, "c", null}, at(30))
        .drain();
  }

  private List<List<Object>> lists() {
    return topics.rows().stream()
        .map((Map<String, Object> row) -> Arrays.asList(row.get("name"), row.get("_cdc_unchanged")))
        .toList();
  }

  private static TableBatch content(TableOptions options, RowEvent... events) {
    BatchContent content = new BatchContent(options);
    for (RowEvent event : events) {
      Position position = new Position(0, 0, event.sourcePosition().lsn());
      RecordOffset offset = new RecordOffset(P0, event.sourcePosition().lsn());
      content.add(new Entry(event, position, Delivery.IN_ORDER, null, offset, null));
    }
    return content.batches().get(0);
  }

  private static RowEvent event(RowSchema schema, long lsn, Object... cells) {
    return new RowEvent(
        History.TABLE, schema, Operation.UPDATE, RowKey.of(cells[0]), cells, null, at(lsn));
  }

  private static TableOptions appending(Optional<String> unchanged) {
    MetadataColumns names = MetadataColumns.DEFAULT;
    return new TableOptions(
        WriteMode.APPEND,
        DeleteMode.HARD,
        Evolution.ADDITIVE,
        new MetadataColumns(
            names.op(),
            names.ts(),
            names.lsn(),
            names.commitLsn(),
            names.epoch(),
            names.deleted(),
            unchanged),
        Optional.empty());
  }

  private static SourcePosition at(long lsn) {
    return ItemTopics.at(History.SOURCE, lsn, lsn + 1, lsn);
  }
}
