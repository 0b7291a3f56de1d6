// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates that change a key made of {@code key.columns}: the row moves. */
class ChangedKeysTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final TableId ITEM = new TableId("public", "item");
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("code", Primitive.TEXT, false), new Column("body", Primitive.TEXT, true)),
          List.of(0));

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final List<ChangeEvent> log = new ArrayList<>();
  private final Map<SourcePartition, Long> group = new HashMap<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50})
  void theRowUnderTheOldKeyIsGone(int batch) {
    created("a", "text");
    moved("a", "b", "text");
    drain(TableOptions.DEFAULT, batch);
    assertEquals(Map.of("b", "text"), rows());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 50})
  void keysMayRotate(int batch) {
    created("a", "1");
    created("b", "2");
    moved("a", "c", "1");
    moved("b", "a", "2");
    moved("c", "b", "1");
    drain(TableOptions.DEFAULT, batch);
    assertEquals(Map.of("a", "2", "b", "1"), rows());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50})
  void anUnchangedValueMovesAlong(int batch) {
    created("a", "long text");
    log.add(event(Operation.UPDATE, "b", Cell.UNCHANGED, "a", "long text"));
    drain(TableOptions.DEFAULT, batch);
    assertEquals(Map.of("b", "long text"), rows());
  }

  @Test
  void softDeletesMarkTheRowUnderTheOldKey() {
    created("a", "text");
    moved("a", "b", "text");
    drain(options(WriteMode.UPSERT, DeleteMode.SOFT), 50);
    Map<Object, Object> deleted = new HashMap<>();
    warehouse
        .rows(ITEM, MetadataColumns.DEFAULT)
        .forEach(row -> deleted.put(row.get("code"), row.get("_cdc_deleted")));
    assertEquals(Map.of("a", true, "b", false), deleted);
  }

  @Test
  void ignoredDeletesLeaveItAndAreCounted() {
    created("a", "text");
    moved("a", "b", "text");
    SinkMetrics metrics = drain(options(WriteMode.UPSERT, DeleteMode.IGNORE), 50);
    assertEquals(1, metrics.figures().get("DeletesIgnoredTotal").value().getAsLong());
    assertEquals(Map.of("a", "text", "b", "text"), rows());
  }

  @Test
  void aLogHasOneRowForTheChange() {
    created("a", "text");
    moved("a", "b", "text");
    drain(options(WriteMode.APPEND, DeleteMode.HARD), 50);
    assertEquals(
        List.of("c", "u"),
        warehouse.rows(ITEM, MetadataColumns.DEFAULT).stream()
            .map(row -> row.get("_cdc_op"))
            .toList());
  }

  private void created(String code, String body) {
    log.add(event(Operation.CREATE, code, body, null, null));
  }

  private void moved(String from, String to, String body) {
    log.add(event(Operation.UPDATE, to, body, from, body));
  }

  private RowEvent event(
      Operation operation, String code, Object body, String formerCode, Object formerBody) {
    long lsn = 100 + 10L * log.size();
    return new RowEvent(
        ITEM,
        SCHEMA,
        operation,
        RowKey.of(code),
        new Object[] {code, body},
        formerCode == null ? null : new Object[] {formerCode, formerBody},
        formerCode == null ? null : RowKey.of(formerCode),
        new SourcePosition(History.SOURCE, lsn, lsn + 1, Snapshot.NO, lsn * 1_000));
  }

  private SinkMetrics drain(TableOptions tables, int batch) {
    try (Consumer consumer =
        new Consumer(
            Map.of(P0, log),
            group,
            new InMemoryTarget(warehouse, tables, new TargetContext("sink", 0)),
            TestOptions.options().tables(tables).flushRecords(batch).build())) {
      consumer.drain();
      assertEquals(List.of(), consumer.reported);
      return consumer.metrics;
    }
  }

  private Map<Object, Object> rows() {
    Map<Object, Object> rows = new HashMap<>();
    warehouse
        .rows(ITEM, MetadataColumns.DEFAULT)
        .forEach(row -> rows.put(row.get("code"), row.get("body")));
    return rows;
  }

  private static TableOptions options(WriteMode write, DeleteMode delete) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        write, delete, base.evolution(), base.metadata(), base.deadLetterTable());
  }
}
